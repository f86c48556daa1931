package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/textproto"
	"path"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"
)

// FTP is the file store of SMEV as it is: an FTP server.
type FTP struct {
	Address string // host:port
	// User and Password are for uploads. Empty: anonymous and smev, as SMEV
	// has them.
	User, Password string
	// Timeout is for connecting, and for each pause of the server. Zero: 30
	// seconds.
	Timeout time.Duration
}

var _ FileStore = FTP{}

// Upload implements FileStore.
func (s FTP) Upload(ctx context.Context, f File) error {
	user, password := s.User, s.Password
	if user == "" {
		user, password = "anonymous", "smev"
	}
	return s.with(ctx, user, password, func(c *ftp.ServerConn) error {
		if err := c.MakeDir(f.ID); err != nil && !exists(err) {
			return err
		}
		return c.Stor(path.Join(f.ID, path.Base("/"+f.Name)), bytes.NewReader(f.Data))
	})
}

// Download implements FileStore. The name is where the message says the file
// is, for the user it names; the folder is not needed.
func (s FTP) Download(ctx context.Context, _, name, user, password string) (data []byte, err error) {
	err = s.with(ctx, user, password, func(c *ftp.ServerConn) error {
		r, err := c.Retr(strings.TrimPrefix(name, "/"))
		if err != nil {
			return err
		}
		data, err = io.ReadAll(io.LimitReader(r, MaxFile+1))
		if err == nil && len(data) > MaxFile {
			err = errors.New("larger than 256 MiB")
		}
		return errors.Join(err, r.Close())
	})
	return data, err
}

// with opens a session for one thing. It ends with ctx.
func (s FTP) with(ctx context.Context, user, password string, do func(c *ftp.ServerConn) error) error {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	dialer := net.Dialer{Timeout: timeout}
	dial := func(network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		return &session{conn, timeout, stop}, nil
	}
	c, err := ftp.Dial(s.Address, ftp.DialWithDialFunc(dial))
	if err != nil {
		return err
	}
	err = c.Login(user, password)
	if err == nil {
		err = do(c)
	}
	return errors.Join(err, c.Quit(), ctx.Err())
}

// session is a connection whose every read and write has a time to end.
type session struct {
	net.Conn
	pause time.Duration
	stop  func() bool
}

func (s *session) Read(b []byte) (int, error) {
	if err := s.SetReadDeadline(time.Now().Add(s.pause)); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

func (s *session) Write(b []byte) (int, error) {
	if err := s.SetWriteDeadline(time.Now().Add(s.pause)); err != nil {
		return 0, err
	}
	return s.Conn.Write(b)
}

func (s *session) Close() error {
	s.stop()
	return s.Conn.Close()
}

// exists reports whether a folder could not be made because it is there.
func exists(err error) bool {
	var e *textproto.Error
	return errors.As(err, &e) && (e.Code == ftp.StatusFileUnavailable || e.Code == 521)
}
