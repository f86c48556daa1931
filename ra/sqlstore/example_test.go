package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/ra/sqlstore"
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
