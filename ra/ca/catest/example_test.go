package catest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/surguch/surguch/ra/ca/catest"
)

// An answer is lost, and the caller asks what became of the order.
func ExampleCA() {
	ctx, t := context.Background(), &testing.B{}
	ca := catest.New(catest.Config{CA: newCA(t), Rate: 1, Faults: []catest.Fault{catest.DropAnswer}})
	_, err := ca.Submit(ctx, "order-1", order(t))
	fmt.Println(err)
	orders, err := ca.Orders(ctx)
	fmt.Println(orders[0].Now.State, len(orders[0].Certificates), err)
	// Output:
	// catest: the connection broke, on purpose
	// issued 1 <nil>
}
