package client_test

import (
	"testing"

	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/client/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) client.Store { return client.NewMemory() })
}
