// Package notify tells people what became of a request: by mail, by text
// message, by webhook, in the log. [Router] implements ra.Notifier.
//
//	router, err := notify.New(notify.Config{
//		Mail:      server,  // ra/notify/mail
//		SMS:       gateway, // ra/notify/sms
//		Also:      []ra.Notifier{hooks, notify.Log(logger)}, // ra/notify/webhook
//		Portal:    "https://ra.example.org/#",
//		Authority: "АО «Удостоверяющий центр»",
//	})
//	authority, err := ra.New(ra.Config{Notifier: router, …})
//
// # Texts
//
// What is said is a text/template, one for each reason: the effect that
// ordered the notice and the place where the request rests. The texts decide
// on the channel: there is a letter if there is a text for letters, and a text
// message if there is one for those. They are embedded, in Russian, and any of
// them can be replaced, see [Config.Texts]. All of them are rendered when the
// router is made: what is wrong with one shows then and not when it is needed.
//
// # Repetition
//
// An authority calls Notify at least once. A letter's Message-ID and a text
// message's identifier are made from the notice's key, so that a repetition can be
// recognised; a link that was minted anew is no repetition, for only the last
// one works. Where one channel fails and another does not, the repetition goes
// to the first alone, as long as the process lives.
//
// # What stays secret
//
// The secret of a link goes by mail and by nothing else, in the fragment of
// an address, which browsers do not send to servers (RFC 3986, section 3.5);
// a code goes to the phone and to nothing else. Neither, nor an address or a
// phone number, is in an error or a log of this package and those beneath it.
package notify
