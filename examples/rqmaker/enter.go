package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/surguch/surguch/ra"
)

// markerVariable is where a machine finds the marker.
const markerVariable = "SURGUCH_MARKER"

// Errors of entering.
var (
	errNobody  = errors.New("rqmaker: there is nobody to ask")
	errRefused = errors.New("rqmaker: the server does not accept the marker")
	errOver    = errors.New("rqmaker: the session is over")
	errNoCode  = errors.New("rqmaker: the code was not confirmed")
)

// rounds is how often a person is asked for the same thing.
const rounds = 5

// enter opens a session by the marker, or goes on with the one that is open,
// and has the code of the text message confirmed if the server wants it.
func (j *journey) enter(ctx context.Context) error {
	if len(j.state.Secret) == 0 {
		j.state.Server = j.program.server
		j.state.newSecret()
		if err := j.state.save(); err != nil {
			return err
		}
	}
	if j.state.Token != "" {
		j.client.token = j.state.Token
		v, err := j.client.view(ctx, j.state.Request)
		switch {
		case isOver(err):
			// The same marker opens it again under the same secret, and a new
			// marker another one.
			j.state.Token, j.client.token = "", ""
		case err != nil:
			return err
		case v.Form != nil:
			return nil
		}
	}
	if j.state.Token == "" {
		if err := j.showMarker(ctx); err != nil {
			return err
		}
	}
	return j.confirm(ctx)
}

// isOver reports whether the server knows the session no more.
func isOver(err error) bool {
	return refusedAs(err, http.StatusUnauthorized, http.StatusNotFound, http.StatusGone)
}

// showMarker asks for the marker and exchanges it for a session. The answer to
// a repetition with the same secret is the same session: one that was opened
// just before a crash is not lost.
func (j *journey) showMarker(ctx context.Context) error {
	marker, err := j.askMarker(ctx)
	if err != nil {
		return err
	}
	m, err := asJSON("/session", map[string]string{
		"credential": marker, "secret": base64.RawURLEncoding.EncodeToString(j.state.Secret),
	})
	if err != nil {
		return err
	}
	data, err := j.client.send(ctx, m)
	if isOver(err) {
		return errRefused
	}
	if err != nil {
		return err
	}
	e, err := parseEntrance(data)
	switch {
	case err != nil:
		return err
	case e.Token == "" || e.Request == "":
		return &problem{Status: http.StatusOK, Code: codeForeign}
	case j.state.Request != "" && j.state.Request != e.Request:
		return j.setAside(e)
	}
	j.phone = e.Phone
	j.state.Token, j.state.Request = e.Token, e.Request
	j.client.token = e.Token
	return j.state.save()
}

// setAside keeps the session that the marker of another request has opened, in
// a folder of its own: the marker opens no second one.
func (j *journey) setAside(e entrance) error {
	dir := j.state.path(e.Request)
	other, err := openState(dir, j.program.write)
	if err != nil {
		return err
	}
	if other.Request == "" {
		other.record = record{Server: j.state.Server, Secret: j.state.Secret, Token: e.Token, Request: e.Request}
		err = other.save()
	}
	return errors.Join(&otherRequestError{dir}, err, other.close())
}

// otherRequestError says that the marker is of another request than what was
// begun, and where its session is.
type otherRequestError struct{ dir string }

func (e *otherRequestError) Error() string {
	return "rqmaker: the marker is of another request than what was begun: its session is kept in " + e.dir
}

// parseEntrance reads the server's answer about a session.
func parseEntrance(data []byte) (entrance, error) {
	var e entrance
	if err := json.Unmarshal(data, &e); err != nil {
		return entrance{}, fmt.Errorf("rqmaker: the answer of the server does not read: %w", err)
	}
	return e, nil
}

// askMarker returns a marker whose form and check character are right.
func (j *journey) askMarker(ctx context.Context) (string, error) {
	if j.program.marker != "" {
		return ra.ParseMarker(j.program.marker)
	}
	for range rounds {
		text, err := j.ask(ctx, "Код маркера: ")
		if err != nil {
			return "", err
		}
		marker, err := ra.ParseMarker(text)
		if err == nil {
			return marker, nil
		}
		j.say("В коде опечатка: проверьте его по бумаге. Попытка не потрачена.")
	}
	return "", ra.ErrMarker
}

// confirm asks for the code of the text message until the server accepts it. An
// empty answer has another one sent.
func (j *journey) confirm(ctx context.Context) error {
	v, err := j.client.view(ctx, j.state.Request)
	if isOver(err) {
		return errOver
	}
	if err != nil || v.Form != nil {
		return err
	}
	for range rounds {
		code, err := j.ask(ctx, fmt.Sprintf("Код из СМС%s (пустая строка: прислать ещё раз): ", j.sentTo()))
		if err != nil {
			return err
		}
		if code = strings.TrimSpace(code); code == "" {
			err = j.sendCode(ctx)
		} else {
			err = j.showCode(ctx, code)
		}
		var refused *problem
		switch {
		case err == nil && code != "":
			return nil
		case isOver(err):
			return errOver
		case errors.As(err, &refused) && refused.Ru != "":
			j.say("%s", refused.text())
		case err != nil:
			return err
		}
	}
	return errNoCode
}

// showCode shows the server a code.
func (j *journey) showCode(ctx context.Context, code string) error {
	m, err := asJSON("/session/confirmation", map[string]string{"code": code})
	if err == nil {
		_, err = j.client.send(ctx, m)
	}
	return err
}

// sendCode has another code sent.
func (j *journey) sendCode(ctx context.Context) error {
	data, err := j.client.send(ctx, message{method: http.MethodPost, path: "/session/code"})
	if err != nil {
		return err
	}
	e, err := parseEntrance(data)
	j.phone = e.Phone
	return err
}

// sentTo says to which phone the code went, if the server has told it.
func (j *journey) sentTo() string {
	if j.phone == "" {
		return ""
	}
	return " на " + clean(j.phone)
}

// ask asks the person a question and returns the line of the answer.
func (j *journey) ask(ctx context.Context, question string) (string, error) {
	if j.program.keyboard == nil {
		return "", errNobody
	}
	fmt.Fprint(j.program.stderr, question)
	line, err := j.program.keyboard.Line(ctx)
	if errors.Is(err, io.EOF) {
		return "", errNobody
	}
	return line, err
}

// agree asks a question whose answer must be the word «да».
func (j *journey) agree(ctx context.Context, question string) (bool, error) {
	line, err := j.ask(ctx, question+" Введите «да»: ")
	return err == nil && strings.EqualFold(strings.TrimSpace(line), "да"), err
}
