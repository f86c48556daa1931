// Package channel is what the ways to people's Goskey applications have in
// common (packages epgu and smev3): a [Package] of documents on its way, the
// [Store] that remembers it between attempts and beyond restarts, the [Parcel]
// that a channel makes of it to go on with, and what is believed of a signature
// that comes back ([Verify]).
//
//	store, err := sqlstore.Open(ctx, "ra.db")
//	packages := store.Packages(keys) // implements channel.Store
//	portal, err := epgu.New(epgu.Config{Store: packages, …})
//	signer, err := smev3.New(smev3.Config{Store: packages, …})
//
// One store serves both: the ID of a package begins with the name of its
// channel, so that neither takes up what is the other's.
//
// [Memory] forgets everything with the process. It is for tests, and for trying
// things out: a package that was sent before a restart is sent again after it.
package channel
