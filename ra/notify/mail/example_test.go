package mail_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/ra/notify/mail"
)

func ExampleServer() {
	post := &postOffice{} // a mail server on this machine
	stop, err := post.start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	server, err := mail.New(mail.Config{
		Host: "127.0.0.1", Port: post.port(), Roots: post.roots,
		Username: "ra", Password: "…", From: "Удостоверяющий центр <ra@ca.example.org>",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = server.Send(context.Background(), notify.Letter{
		ID: "0123456789abcdef0123456789abcdef", To: "name@example.org",
		Subject: "Заявка 5f0e: выпуск сертификата", Text: "Здравствуйте!\n",
	})
	fmt.Println(err)
	for _, l := range post.taken() {
		fmt.Println(l.to, strings.Contains(l.data, "Message-ID: <0123456789abcdef0123456789abcdef@ca.example.org>"))
	}
	// Output:
	// <nil>
	// TO:<name@example.org> true
}
