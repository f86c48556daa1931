package sms_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/ra/notify/sms"
)

func ExampleGateway() {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(string(body))
	}))
	defer provider.Close()
	gateway, err := sms.New(sms.Config{
		URL:    provider.URL,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   `{"to": {{json .To}}, "text": {{json .Text}}}`,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = gateway.Send(context.Background(), notify.SMS{ID: "…", To: "+79990000001", Text: "Код 271828. Никому его не сообщайте."})
	fmt.Println(err)
	// Output:
	// {"to": "+79990000001", "text": "Код 271828. Никому его не сообщайте."}
	// <nil>
}
