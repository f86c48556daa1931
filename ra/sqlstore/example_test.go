package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "ra.db")
	store, err := sqlstore.Open(context.Background(), path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	_, err = sqlstore.Open(context.Background(), path) // one process a file
	var locked *sqlstore.LockedError
	fmt.Println(errors.As(err, &locked))
	// Output: true
}

// Inquiries to SMEV are kept in the database of the requests they are about.
func ExampleStore_Messages() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, err := sqlstore.Open(context.Background(), filepath.Join(dir, "ra.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	var keys ra.CaseKeys // those of ra.Config; nil here: nothing is sealed
	config := client.Config{
		URL:   "https://smev.example/smev/v1.2/ws",
		Store: store.Messages(keys),
		// Signer, SMEV and Participants, as client.New asks.
	}
	_, err = config.Store.Get(context.Background(), "87d0a6c2-c3a9-11f1-9c3e-0242ac120002")
	fmt.Println(errors.Is(err, client.ErrNotFound))
	// Output: true
}
