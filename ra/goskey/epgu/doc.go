// Package epgu sends documents to people's Goskey applications through the REST
// interface of the state portal (API ЕПГУ, service «Отправка документов на
// подпись в Госключ»). [Client] implements ra.MobileSigner.
//
//	client, err := epgu.New(epgu.Config{
//		ESIA: "https://esia.gosuslugi.ru", EPGU: "https://www.gosuslugi.ru",
//		APIKey: key, Region: "77", OrgName: name, OrgINN: inn,
//		Key: signer, Certificate: certificate, Anchors: roots, Store: store,
//	})
//	id, err := client.Submit(ctx, request)  // kept in the Store
//	operation, err := client.Status(ctx, id) // sends, asks, fetches, verifies
//
// # Once
//
// Submit only keeps the package. Status takes it on: it reserves an order, has
// its number in the Store before anything is sent, sends the documents in
// chunks, then asks where the order stands. Whatever is cut off, the next
// Status goes on with the same order, so a person is troubled once. An order
// whose sender the portal could not check in time, which no person has seen, is
// made anew, three times at most.
//
// # Quotas
//
// The portal bounds the number of requests and of orders. The client counts
// both by its clock and sends nothing that would go beyond: Status answers
// AwaitingUser meanwhile, as it does between two polls, which come every 15
// seconds at first and every five minutes later. If the portal says all the
// same that there were too many, the client is silent for as long as it asks.
// The counts are in memory, so after a restart the portal's word is the limit.
//
// # Trust
//
// The portal vouches for nothing: each signature that comes back must verify
// over the very document that was sent, by a certificate under Config.Anchors
// that bears the SNILS of the request. Otherwise nothing is reported but a
// *ra.SignatureError. The organisation signs every file that it sends, with
// the key it is known by at ESIA, and by the same key it gets its token.
//
// Errors name fields and codes, never values: documents, names and tokens stay
// out of them. Redirects are not followed.
//
// Sources: «Спецификация API ЕПГУ» 1.12 and 1.14, sections 2.1 to 2.4 and 4,
// annexes 3 and 4; «Спецификация API ЕПГУ. Отправка документов на подпись в
// Госключ» 1.8 and 1.9.
package epgu
