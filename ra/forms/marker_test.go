package forms_test

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/ra"
)

// TestMarkerShowsCode: the owner's part has the code, in print and for a
// scanner, and when it expires; the receipt has no code.
func TestMarkerShowsCode(t *testing.T) {
	if _, err := ra.ParseMarker(markerCode); err != nil {
		t.Fatal(err)
	}
	d := fixed(t, ra.MarkerForm)
	pdf, err := newPrinter(t).Print(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	text := pdfText(t, pdf)
	owners, receipt, ok := strings.Cut(text, "РАСПИСКА")
	if !ok {
		t.Fatalf("no receipt in\n%s", text)
	}
	tight := strings.ReplaceAll(markerCode, "-", "")
	if !strings.Contains(strings.Join(strings.Fields(owners), ""), tight) {
		t.Errorf("the code is missing from\n%s", owners)
	}
	for _, s := range []string{"30.11.2025 01:30 по московскому времени", d.Request.Form.FullName(), "https://ra.example.org/marker"} {
		if !strings.Contains(owners, s) {
			t.Errorf("%q is missing from the owner's part", s)
		}
	}
	for _, s := range []string{"Маркер и инструкцию получила", string(d.Request.ID), d.Request.Form.FullName(), "подпись", "дата получения"} {
		if !strings.Contains(receipt, s) {
			t.Errorf("%q is missing from the receipt", s)
		}
	}
	for _, group := range strings.Split(markerCode, "-") {
		if strings.Contains(strings.Join(strings.Fields(receipt), ""), group) {
			t.Errorf("the receipt has a group of the code")
		}
	}
	page := render(t, pdf)
	if !hasCode(t, page, markerCode, 30, 50) {
		t.Error("no QR code of the code alone")
	}
	sum := streebog.Sum256(recorded(t, d.Request.ID, markerCode))
	if !hasCode(t, page, string(d.Request.ID)+" "+hex.EncodeToString(sum[:]), 25, 150) {
		t.Error("the receipt has no QR code of request and hash")
	}
}

// TestMarkerBindsRequest: another marker or another request, another hash.
func TestMarkerBindsRequest(t *testing.T) {
	footer := regexp.MustCompile(`Стрибог-256 заявки и Маркера: ([0-9a-f]{64})`)
	hash := func(change func(*ra.Document)) string {
		d := fixed(t, ra.MarkerForm)
		change(&d)
		found := footer.FindStringSubmatch(textOf(t, newPrinter(t), d))
		if found == nil {
			t.Fatal("no hash on the paper")
		}
		return found[1]
	}
	sum := streebog.Sum256(recorded(t, fixed(t, ra.MarkerForm).Request.ID, markerCode))
	want := hex.EncodeToString(sum[:])
	if got := hash(func(*ra.Document) {}); got != want {
		t.Errorf("got %s, want %s as the record gives it", got, want)
	}
	if got := hash(func(d *ra.Document) { d.Request.Form.Phone = "+79000000001" }); got != want {
		t.Error("the hash depends on more than request and marker")
	}
	for name, change := range map[string]func(*ra.Document){
		"request": func(d *ra.Document) { d.Request.ID = "01970c8f2c5a4b7d9e0f112233445567" },
		"number":  func(d *ra.Document) { d.Marker.Code = "1" + markerCode[1:] },
		"secret":  func(d *ra.Document) { d.Marker.Code = markerCode[:20] + "0" + markerCode[21:] },
	} {
		if hash(change) == want {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

// TestMarkerCodeIsNoProperty: outside of what is drawn, the file does not have
// the code.
func TestMarkerCodeIsNoProperty(t *testing.T) {
	d := fixed(t, ra.MarkerForm)
	pdf, err := newPrinter(t).Print(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	rest := regexp.MustCompile(`(?s)\nstream\n.*?\nendstream`).ReplaceAll(pdf, nil)
	has := func(s string) bool {
		var wide []byte
		for _, u := range utf16.Encode([]rune(s)) {
			wide = append(wide, byte(u>>8), byte(u))
		}
		return bytes.Contains(rest, []byte(s)) || bytes.Contains(rest, wide) || bytes.Contains(rest, []byte(hex.EncodeToString([]byte(s))))
	}
	if !has(string(d.Request.ID)) {
		t.Fatal("the request's number is not found among the properties, where it is")
	}
	for _, group := range strings.Split(markerCode, "-") {
		if has(group) {
			t.Error("the code is among the file's properties")
		}
	}
}

// TestMarkerRefuses: what is no code is not printed, and not repeated.
func TestMarkerRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*ra.Document){
		"none":           func(d *ra.Document) { d.Marker = nil },
		"no time":        func(d *ra.Document) { d.Marker.Expires = time.Time{} },
		"no owner":       func(d *ra.Document) { d.Request.Form = ra.Form{} },
		"no code":        func(d *ra.Document) { d.Marker.Code = "" },
		"no groups":      func(d *ra.Document) { d.Marker.Code = strings.ReplaceAll(markerCode, "-", "") },
		"small letters":  func(d *ra.Document) { d.Marker.Code = strings.ToLower(markerCode) },
		"letter O":       func(d *ra.Document) { d.Marker.Code = "O" + markerCode[1:] },
		"letter U":       func(d *ra.Document) { d.Marker.Code = markerCode[:28] + "U" },
		"Cyrillic А":     func(d *ra.Document) { d.Marker.Code = strings.Replace(markerCode, "A", "А", 1) },
		"one group more": func(d *ra.Document) { d.Marker.Code += "-00000" },
		"line feed":      func(d *ra.Document) { d.Marker.Code += "\n" },
	} {
		t.Run(name, func(t *testing.T) {
			d := fixed(t, ra.MarkerForm)
			spoil(&d)
			pdf, err := newPrinter(t).Print(t.Context(), d)
			if err == nil || pdf != nil {
				t.Fatalf("got %d octets and error %v, want an error", len(pdf), err)
			}
			for _, group := range strings.Split(markerCode, "-")[1:4] {
				if strings.Contains(strings.ToUpper(err.Error()), group) {
					t.Errorf("%q repeats the code", err)
				}
			}
		})
	}
}

// TestMarkerPages: the marker is one page, so that whoever signs the receipt has the whole before
// him; with the longest names the receipt goes to the next page whole.
func TestMarkerPages(t *testing.T) {
	if text := textOf(t, newPrinter(t), fixed(t, ra.MarkerForm)); !strings.Contains(text, "стр. 1 из 1") {
		t.Error("the marker takes more than a page")
	}
	d := fixed(t, ra.MarkerForm)
	d.Request.Form.FirstName = strings.Repeat("Ж", 128) + " " + strings.Repeat("Ж", 128)
	d.Request.Form.MiddleName = strings.Repeat("Ж", 128)
	text := textOf(t, newPrinter(t), d)
	_, second, _ := strings.Cut(text, "стр. 1 из 2")
	for _, s := range []string{"линия отрыва", "РАСПИСКА", "дата получения", "Выдал Агент"} {
		if !strings.Contains(second, s) {
			t.Errorf("%q is missing from the second page", s)
		}
	}
}
