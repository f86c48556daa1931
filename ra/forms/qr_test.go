package forms_test

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
)

// millimetre is how many pixels of a rendered page one has.
const millimetre = 10

// render draws the first page of a PDF, or what of it the arguments for
// pdftoppm say.
func render(t testing.TB, pdf []byte, args ...string) *image.Gray {
	t.Helper()
	args = append(args, "-png", "-gray", "-singlefile", "-r", fmt.Sprint(25.4*millimetre))
	page, err := png.Decode(strings.NewReader(poppler(t, pdf, "pdftoppm", args...)))
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(page.Bounds())
	draw.Draw(gray, gray.Rect, page, gray.Rect.Min, draw.Src)
	return gray
}

// qrOf is the code of a text as forms draw it.
func qrOf(t testing.TB, text string) *qr.Code {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// wrongModules compares the code on a page with the one it must be, module by
// module: its quiet zone begins at x, y and is so wide, in millimetres.
func wrongModules(page *image.Gray, want *qr.Code, x, y, size float64) (wrong int) {
	module := size / float64(want.Size+8)
	for row := range want.Size {
		for column := range want.Size {
			if black(page, x+(float64(column)+4.5)*module, y+(float64(row)+4.5)*module) != want.Black(column, row) {
				wrong++
			}
		}
	}
	return wrong
}

// hasCode looks for the code of a text down the page, from y on.
func hasCode(t testing.TB, page *image.Gray, text string, size, y float64) bool {
	t.Helper()
	want := qrOf(t, text)
	quiet := 4 * size / float64(want.Size+8)
	const pixel = 1.0 / millimetre
	for ; y < 280; y += pixel {
		for x := 20.0; x < 190; x += pixel {
			corner := black(page, x, y) && !black(page, x-2*pixel, y) && !black(page, x, y-2*pixel)
			if corner && wrongModules(page, want, x-quiet, y-quiet, size) == 0 {
				return true
			}
		}
	}
	return false
}

// black reports whether a page is dark at a point.
func black(page *image.Gray, x, y float64) bool {
	return page.GrayAt(int(x*millimetre), int(y*millimetre)).Y < 0x80
}

// encoded is a value in JSON.
func encoded(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// hashed is what the hash on a form must be of, as the package's comment says,
// put together here by hand.
func hashed(t testing.TB, d ra.Document) []byte {
	form, certificate := encoded(t, d.Request.Form), encoded(t, d.Certificate)
	switch d.Kind {
	case ra.RequestForm:
		return d.PKCS10
	case ra.CertificateSheet:
		return d.Certificate
	case ra.InvoiceForm:
		v := invoice()
		v.Days, v.Items[0].Quantity = 10, 1
		return fmt.Appendf(nil, `{"form":%s,"invoice":%s,"date":"2025-11-21"}`, form, encoded(t, v))
	case ra.DocumentListForm:
		return fmt.Appendf(nil, `{"form":%s,"required":["application_scan","passport_scan","snils_scan","owner_photo"]}`, form)
	case ra.MarkerForm:
		return recorded(t, d.Request.ID, d.Marker.Code)
	case ra.HandoverAct:
		return fmt.Appendf(nil, `{"owner":%q,"certificate":%s,"carrier":{"Model":"Рутокен ЭЦП 3.0","Serial":"0912345678"}}`, d.Request.Form.FullName(), certificate)
	case ra.RevocationApplication:
		return fmt.Appendf(nil, `{"form":%s,"certificate":%s,"action":"revoke","reason":"keyCompromise"}`, form, certificate)
	case ra.OriginalsRegister:
		second := applicant.Form(8)
		return fmt.Appendf(nil, `[{"request":%q,"owner":%q,"papers":[%q,%q,%q,%q]},{"request":%q,"owner":%q,"papers":[%[3]q,%[4]q,%[5]q,%[9]q]}]`,
			d.Request.ID, d.Request.Form.FullName(), "заявление на изготовление сертификата", "копия паспорта", "копия СНИЛС", "расписка в получении Маркера",
			d.Requests[1].ID, second.FullName(), "лист ознакомления с сертификатом")
	}
	return []byte(form)
}

// recorded is what the hash of a marker is of: the numbers of request and
// marker, and the hash that an ra.Marker has of the secret.
func recorded(t testing.TB, id ra.ID, code string) []byte {
	t.Helper()
	text := strings.ReplaceAll(code, "-", "")
	secret, err := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").DecodeString(text[8:24])
	if err != nil || len(secret) != 10 {
		t.Fatalf("got a secret of %d octets, error %v", len(secret), err)
	}
	return fmt.Appendf(nil, "%s %s %x", id, text[:8], sha256.Sum256(secret))
}

// TestQRCode: the first page of every form has the code of the request's
// number and of the hash.
func TestQRCode(t *testing.T) {
	for _, kind := range kinds {
		d := fixed(t, kind)
		pdf, err := newPrinter(t).Print(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		sum := streebog.Sum256(hashed(t, d))
		page := render(t, pdf, "-x", "0", "-y", "0", "-W", "600", "-H", "600")
		if n := wrongModules(page, qrOf(t, fmt.Sprintf("%s %x", d.Request.ID, sum)), 19, 18, 25); n > 0 {
			t.Errorf("%s: %d modules are wrong", kind, n)
		}
		sum[0]++
		if n := wrongModules(page, qrOf(t, fmt.Sprintf("%s %x", d.Request.ID, sum)), 19, 18, 25); n == 0 {
			t.Errorf("%s: another hash has the same code", kind)
		}
	}
}
