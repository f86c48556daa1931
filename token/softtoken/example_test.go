package softtoken_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/surguch/surguch/token/softtoken"
)

// A token that imitates a device is made, and pulled out in the middle of what
// a program does.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "tokens")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	tokens, err := softtoken.Open(softtoken.Config{Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	slot, err := tokens.Add(softtoken.Format{Profile: "rutoken-ecp3", Label: "Вощёных", Serial: "3d1f0c2a"})
	if err != nil {
		log.Fatal(err)
	}
	if err := tokens.Order(softtoken.Fault{Kind: softtoken.Remove, Call: "C_OpenSession", Slot: slot}); err != nil {
		log.Fatal(err)
	}
	ctx, module := context.Background(), tokens.Application()
	info, err := module.TokenInfo(ctx, slot)
	fmt.Println(info.Manufacturer, info.Model, info.Label, info.UserTries, err)
	_, err = module.OpenSession(ctx, slot, true)
	fmt.Println(err)
	// Output:
	// Aktiv Co. Rutoken ECP Вощёных 10 <nil>
	// CKR_DEVICE_REMOVED
}
