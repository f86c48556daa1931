package ra_test

import (
	"fmt"
	"log"

	"github.com/surguch/surguch/ra"
)

// A service centre that identifies people but gives no markers out, and an
// agent beneath it: what was not given to the centre the agent has not either.
func ExampleNewPartners() {
	partners, err := ra.NewPartners(map[string]ra.Partner{
		"centre":  {Rights: []ra.Right{ra.RightCreate, ra.RightReview, ra.RightIdentify}},
		"agent-7": {Parent: "centre", Rights: []ra.Right{ra.RightCreate, ra.RightIdentify, ra.RightMarkers}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(partners.Beneath("centre"))
	fmt.Println(partners.Has("agent-7", ra.RightIdentify), partners.Has("agent-7", ra.RightMarkers))
	// Output:
	// [agent-7 centre]
	// true false
}
