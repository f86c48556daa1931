// Package epgutest is the state portal (API ЕПГУ) and the part of ESIA that
// gives organisations their tokens, as an http.Handler in front of people's
// phones, which goskey.Emulator has.
//
//	portal, err := epgutest.New(epgutest.Config{
//		Phones: emulator, APIKey: "key", Senders: roots, Clock: clock,
//	})
//	server := httptest.NewServer(portal)
//
// It checks what the portal checks: the token and the signature it was given
// for, the quotas, the chunks, the archive and its limits, the sender's
// signature over every file, the form and its deadline. An order goes through
// the portal's statuses: 0 a draft, 17 with the person, 3 signed, 4 refused or
// expired, 5 failed. [Config.Fault] fails single requests, [Portal.NoAnswer]
// has the check of the sender's signature come to nothing.
package epgutest
