package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/surguch/surguch/smev/smevtest"
)

// serve runs the simulator until the context ends.
func serve(ctx context.Context, o options, stdout io.Writer) error {
	if o.virtual {
		o.config.Clock = &clock{}
	}
	server, err := smevtest.NewServer(o.config)
	if err != nil {
		return err
	}
	l, err := listenAdmin(o.admin)
	if err != nil {
		return err
	}
	url, err := server.Listen()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	admin := &http.Server{Handler: server.Admin(), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- admin.Serve(l) }()
	guide(stdout, url, server.Files(), "http://"+l.Addr().String(), o)

	select {
	case <-ctx.Done():
		err = nil
	case err = <-ended:
	}
	fmt.Fprintf(stdout, "\nОстановлен. Принято запросов: %d, ответов не подтверждено: %d.\n", server.Filed(), server.Queued())
	return errors.Join(err, admin.Close(), server.Close())
}

// listenAdmin opens the address of the administration, which gives away keys
// and so is never beyond the loopback interface.
func listenAdmin(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-admin: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, errors.New("-admin: только IP-адрес этой машины (127.0.0.1)")
	}
	return net.Listen("tcp", address)
}

// guide tells where everything is and how to drive it.
func guide(out io.Writer, url, files, admin string, o options) {
	var b strings.Builder
	fmt.Fprintf(&b, `Эмулятор СМЭВ 3. Все сведения вымышлены, ответы доказательством не служат.

  СМЭВ 1.1     %[1]s/smev/v1.1/ws
  СМЭВ 1.2     %[1]s/smev/v1.2/ws
  СМЭВ 1.3     %[1]s/transport_1_0_2/
  Описание     %[1]s/smev/v1.2/ws?wsdl
  Хранилище    ftp://anonymous:smev@%[2]s/
  Управление   %[3]s/

  curl -s %[3]s/certificates                           корневой сертификат и сертификат СМЭВ
  curl -s -X POST '%[3]s/enroll?mnemonic=CURL'         ключ и сертификат участника
  curl -s %[3]s/messages                               очереди
  curl -s %[3]s/journal                                журнал вызовов
  curl -s -X POST '%[3]s/faults?operation=SendRequest&trouble=failure'   неполадка
`, strings.TrimSuffix(url, "/smev/v1.2/ws"), files, admin)
	if o.virtual {
		fmt.Fprintf(&b, "  curl -s -X POST '%s/clock/advance?by=30m'            перевести часы вперёд\n", admin)
	}
	if o.config.Unsigned {
		b.WriteString("\nСообщения без подписи принимаются от имени участника CONSUMER.\n")
	}
	_, _ = io.WriteString(out, b.String()) // a reader that has gone away is his own affair
}
