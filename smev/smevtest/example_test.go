package smevtest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
)

// The data of an inquiry decides its answer; the clock is moved to the moment
// of each.
func ExampleServer() {
	ctx := context.Background()
	clock := testenv.NewClock(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
	server := smevtest.NewServer(smevtest.Config{Clock: clock, Seed: 1})
	url, err := server.Listen()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	c, err := client.New(client.Config{URL: url, Clock: clock})
	if err != nil {
		log.Fatal(err)
	}
	for _, scenario := range []int{0, 601, 700, 703, 730} {
		id, err := c.Ask(ctx, smev.Inquiry{Key: fmt.Sprint(scenario), Check: smev.CheckSNILS, Subject: smev.Subject{
			LastName: "Хартиев", FirstName: "Пётр", Gender: smev.Male, BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC),
			SNILS: smevtest.SNILS(scenario),
		}})
		if err != nil {
			log.Fatal(err)
		}
		at, _ := server.Next()
		clock.Set(at)
		answer, err := c.Answer(ctx, id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(scenario, answer.Outcome, answer.Reason)
	}
	// Output:
	// 0 confirmed sfr_true
	// 601 refuted sfr_false
	// 700 not_found rejected_no_data
	// 703 unavailable rejected_failure
	// 730 rejected smev_rejected
}
