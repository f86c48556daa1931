// Package goskey is the life of a person's signing application and its server,
// in the process: [Emulator] stands for both and implements ra.MobileSigner and
// ra.MobileKeys. Keys, requests and signatures are real GOST; the authorities
// that vouch for them are whatever the caller gives. Time is the caller's
// clock, so a test lives through days at once.
//
//	emulator, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: otherCA, Clock: clock})
//	err = emulator.AddAccount(goskey.Account{SNILS: snils, Subject: subject, …})
//	phone := emulator.NewPhone()
//	err = phone.LogIn("login", "password", true)
//	err = phone.EnterCode(emulator.SMS(number)[0].Code)
//	… AcceptLicence, SetPassword, Touch, ConfirmUNEP, Identify, ConfirmUKEP
//	// the registration authority submits a package …
//	for _, p := range phone.Packages() {
//		err = phone.View(p.ID)
//		err = phone.Sign(p.ID, true)
//	}
//
// Where the life of the application does not matter, [Emulator.Enrol] gives a
// person a phone with a qualified certificate in one call.
//
// # A phone
//
// A [Stage] says what a phone waits for; a method that is called at another
// stage gives a *[StageError] and changes nothing. A person has one phone: who
// registers another loses the first, with its keys. Neither password nor keys
// can be had again: see [Phone.Reinstall].
//
// Two packages beneath this one bring documents to people's phones over the
// network: epgu through the REST interface of the state portal, smev3 through
// SMEV. Each has the other side beside it, in front of an Emulator: epgutest
// and smev3test.
//
// # Limits
//
// Everything is in memory. The person's touches are counted as the application
// asks for them; keys come from crypto/rand all the same.
package goskey
