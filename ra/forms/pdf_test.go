package forms_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
)

var update = flag.Bool("update", false, "rewrite the texts in testdata")

// poppler runs a program of poppler-utils over a PDF and returns its output.
func poppler(t testing.TB, pdf []byte, program string, args ...string) string {
	t.Helper()
	path := outside.Need(t, program)
	file := filepath.Join(t.TempDir(), "form.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if program == "pdffonts" {
		printed, err := exec.Command(path, append(args, file)...).Output()
		if err != nil {
			t.Fatalf("%s: %v", program, err)
		}
		return string(printed)
	}
	out := filepath.Join(filepath.Dir(file), "out")
	if message, err := exec.Command(path, append(args, file, out)...).CombinedOutput(); err != nil || len(message) > 0 {
		t.Fatalf("%s: %v: %s", program, err, message)
	}
	if program == "pdftoppm" {
		out += ".png"
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pdfText is what pdftotext reads, line by line, white space collapsed.
func pdfText(t testing.TB, pdf []byte) string {
	t.Helper()
	var lines []string
	for line := range strings.SplitSeq(poppler(t, pdf, "pdftotext", "-layout", "-enc", "UTF-8"), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// variants are the forms and what else they can look like, by the names of
// their texts in testdata.
func variants(t testing.TB) map[string]func() (*forms.Printer, ra.Document) {
	all := map[string]func() (*forms.Printer, ra.Document){
		"contract": func() (*forms.Printer, ra.Document) {
			c := config()
			c.Invoice.Contract = true
			p, err := forms.New(c)
			if err != nil {
				t.Fatal(err)
			}
			return p, fixed(t, ra.InvoiceForm)
		},
		"certificate_copy": func() (*forms.Printer, ra.Document) {
			d := fixed(t, ra.CertificateSheet)
			d.Stamp = "№ 17"
			return newPrinter(t), d
		},
		"questionnaire_blank": func() (*forms.Printer, ra.Document) {
			d := fixed(t, ra.QuestionnaireForm)
			d.Request.Form = ra.Form{LegalForm: "person", Email: "applicant-7@example.org"}
			return newPrinter(t), d
		},
		"suspension_application": func() (*forms.Printer, ra.Document) {
			d := fixed(t, ra.RevocationApplication)
			d.Revocation = &ra.Revocation{Action: ra.ActSuspend}
			return newPrinter(t), d
		},
	}
	for _, kind := range kinds {
		all[string(kind)] = func() (*forms.Printer, ra.Document) { return newPrinter(t), fixed(t, kind) }
	}
	return all
}

func TestGolden(t *testing.T) {
	for name, variant := range variants(t) {
		t.Run(name, func(t *testing.T) {
			p, d := variant()
			pdf, err := p.Print(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			got, file := pdfText(t, pdf), filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant, as in %s:\n%s", got, file, want)
			}
		})
	}
}

// TestShows looks for what a reader looks for, in forms of a key made now.
func TestShows(t *testing.T) {
	f := applicant.Form(11)
	pkcs10 := newPKCS10(t, newKey(t, gost.TC26A256()), &f)
	d := ra.Document{Request: requestOf(f), PKCS10: pkcs10, Certificate: newCertificate(t, newKey(t, gost.TC26A512()), pkcs10)}
	r, err := csr.Standard().Parse(pkcs10)
	if err != nil {
		t.Fatal(err)
	}
	form, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	key := r.PublicKey.(*gost.PublicKey).Bytes()
	hash := func(data []byte) []byte { sum := streebog.Sum256(data); return sum[:] }
	for kind, want := range map[ra.DocumentKind]struct {
		texts  []string
		octets [][]byte
	}{
		ra.ApplicationForm: {[]string{
			"ЗАЯВЛЕНИЕ", "на изготовление сертификата ключа проверки электронной подписи", "Генеральному директору", "П. И. Печатникову",
			"1. Изготовление сертификата", "2. Данные для включения в сертификат", "3. Сведения о заявителе",
			"4. Присоединение к правилам удостоверяющего центра", "5. Достоверность сведений",
			"Общее имя (commonName) " + f.FullName(), "СНИЛС (SNILS) " + f.SNILS, "ИНН (INN) " + f.INN, f.PassportNumber, f.Street, f.Email,
			"«Порядок реализации функций удостоверяющего центра АО „УЦ Сургуч“»", "01.09.2025", "https://ca.example.org/documents/rules.pdf",
			"СОГЛАСИЕ", "на обработку персональных данных", "Подписано усиленной электронной", "стр. 1 из 3", "стр. 3 из 3",
		}, [][]byte{hash(form), hash(pkcs10)}},
		ra.RequestForm: {[]string{
			"ЗАПРОС", "1. Владелец сертификата", "2. Ключ проверки электронной подписи", "3. Запрашиваемые расширения сертификата",
			"4. Подпись запроса", "5. Файл запроса", f.FullName(), f.SNILS, "256-A (1.2.643.7.1.2.1.1.1)", "OID 2.5.29.37", "стр. 1 из 2",
		}, [][]byte{key, r.Signature, hash(pkcs10)}},
		ra.CertificateSheet: {[]string{
			"ЛИСТ ОЗНАКОМЛЕНИЯ", "1. Сведения о сертификате", "2. Ключ проверки электронной подписи", "3. Расширения сертификата",
			"4. Подпись удостоверяющего центра", "5. Подтверждение владельца", "Кому выдан " + f.FullName(), "Кем выдан АО «УЦ Сургуч»",
			"Версия 3 (0x2)", "SNILS=" + f.SNILS, "Действителен с 22.11.2025 10:00:00 UTC", "Действителен по 22.11.2026 10:00:00 UTC", "(f0)",
			"Класс средства электронной подписи КС2 (1.2.643.100.113.2)", "Информация, указанная в сертификате, верна. Получена лично.",
			"дата вручения", "стр. 1 из 2",
		}, [][]byte{key, serialNumber, hash(d.Certificate)}},
	} {
		t.Run(string(kind), func(t *testing.T) {
			d := d
			d.Kind = kind
			pdf, err := newPrinter(t).Print(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			text := pdfText(t, pdf)
			flowing := strings.Join(strings.Fields(text), " ")
			for _, s := range append(want.texts, "Заявка на сертификат № "+string(d.Request.ID)) {
				if !strings.Contains(flowing, s) {
					t.Errorf("%q is missing", s)
				}
			}
			for _, raw := range want.octets {
				if !containsHex(text, raw) {
					t.Errorf("the octets %x are missing", raw)
				}
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// TestCharacters prints what Russian papers are full of.
func TestCharacters(t *testing.T) {
	const all = "Ёё№«»—–„“₽€§°…ҐґЇәӨҗґһ’"
	d := fixed(t, ra.ApplicationForm)
	d.Request.Form.BirthPlace = all
	pdf, err := newPrinter(t).Print(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if text := pdfText(t, pdf); !strings.Contains(text, all) {
		t.Errorf("%s is missing from\n%s", all, text)
	}
}

// TestStaysOnPage prints the longest values that a form may have and some
// that it may not; every word stays between the margins.
func TestStaysOnPage(t *testing.T) {
	wide := strings.Repeat("Ж", 128)
	f := applicant.Form(7)
	f.LastName, f.FirstName, f.MiddleName = wide, strings.Repeat("Щ-", 64), strings.Repeat("Широкое имя ", 10)+"Ю"
	f.Email = strings.Repeat("m", 240) + "@example.org"
	f.PassportIssuer, f.Region, f.City = wide, "77 "+wide, wide
	f.Street = strings.Repeat("улица/", 170)     // as long as a subject takes it
	f.BirthPlace = strings.Repeat("улица/", 600) // a row longer than a page
	blob := make([]byte, 4000)
	for i := range blob {
		blob[i] = byte(i)
	}
	pkcs10 := newPKCS10(t, newKey(t, gost.TC26A512()), &f, unknownExtension(blob))
	d := document("", f, pkcs10, newCertificate(t, newKey(t, gost.TC26A512()), pkcs10))
	d.Stamp, d.Carrier = wide, &ra.CarrierPaper{Model: wide, Serial: strings.Repeat("9", 128)}
	d.Required = slices.Repeat(d.Required, 40)
	d.Requests = slices.Repeat(d.Requests, 60)
	p := widePrinter(t)
	for _, d.Kind = range kinds {
		pdf, err := p.Print(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		staysOnPage(t, d.Kind, pdf)
		text := strings.Join(strings.Fields(pdfText(t, pdf)), "")
		if got, want := strings.Count(text, "Ж"), 128*wideValues[d.Kind]; got != want {
			t.Errorf("%s: got %d letters of the long values, want %d", d.Kind, got, want)
		}
		if first, second := strings.Count(text, "Щ"), strings.Count(text, "Широкое"); first%64 != 0 || second%10 != 0 {
			t.Errorf("%s: got %d letters and %d words of the long names, want 64 and 10 of each", d.Kind, first, second)
		}
		if d.Kind == ra.RequestForm || d.Kind == ra.CertificateSheet {
			digits := regexp.MustCompile(`Стрибог-256файла\pL+:[0-9a-f]{64}стр\.\d+из\d+Заявканасертификат№[0-9a-f]{32}(Запроснасертификат|Листознакомления)`)
			if !strings.Contains(digits.ReplaceAllString(text, ""), hex.EncodeToString(blob[:1024])) {
				t.Errorf("%s: octets are missing where the row goes over the page", d.Kind)
			}
		}
	}
}

// wideValues is how many of the values of 128 letters each form shows.
var wideValues = map[ra.DocumentKind]int{
	ra.ApplicationForm: 12, ra.RequestForm: 5, ra.CertificateSheet: 6, ra.InvoiceForm: 19, ra.DocumentListForm: 81, ra.QuestionnaireForm: 5,
	ra.PowersForm: 38, ra.MarkerForm: 2, ra.HandoverAct: 3, ra.SafetyMemo: 1, ra.ConsentForm: 4, ra.RevocationApplication: 4,
	ra.OriginalsRegister: 180, ra.InstructionScans: 1, ra.InstructionRequest: 1, ra.InstructionVisit: 1,
}

// widePrinter has the longest texts in its configuration.
func widePrinter(t testing.TB) *forms.Printer {
	t.Helper()
	c, wide := config(), strings.Repeat("Ж", 128)
	c.Workplace = "https://" + strings.Repeat("w", 200) + ".example.org"
	c.Invoice.Contract = true
	c.Invoice.Items = slices.Repeat([]forms.Item{{Name: wide, Quantity: 1_000_000, Price: 9_999}}, 9)
	c.Invoice.Seller.HeadTitle, c.Invoice.Seller.HeadName = wide, wide
	c.Powers.Act = slices.Repeat([]string{wide}, 30)
	c.Papers = map[string]forms.Paper{"snils_scan": {Name: wide, Bring: wide, Sent: wide}}
	p, err := forms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var wordBox = regexp.MustCompile(`<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">`)

// staysOnPage reports every word outside the margins.
func staysOnPage(t *testing.T, kind ra.DocumentKind, pdf []byte) {
	t.Helper()
	const millimetre = 72 / 25.4
	words := wordBox.FindAllStringSubmatch(poppler(t, pdf, "pdftotext", "-bbox"), -1)
	if len(words) < 70 {
		t.Fatalf("%s: got %d words, want all of a form", kind, len(words))
	}
	for _, w := range words {
		var edge [4]float64
		var err error
		for i := range edge {
			if edge[i], err = strconv.ParseFloat(w[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		if edge[0] < 20*millimetre-1 || edge[2] > 195*millimetre+1 || edge[1] < 10*millimetre || edge[3] > 287*millimetre {
			t.Errorf("%s: a word stands at %v, outside the margins", kind, edge)
		}
	}
}

// TestFonts: both fonts are embedded, in the part that is used, with the
// table that makes text searchable.
func TestFonts(t *testing.T) {
	for _, kind := range kinds {
		pdf, err := newPrinter(t).Print(t.Context(), fixed(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(poppler(t, pdf, "pdffonts")), "\n")[2:]
		if len(lines) != 2 {
			t.Fatalf("%s: got fonts %q, want two", kind, lines)
		}
		names := map[string]bool{}
		for _, line := range lines {
			fields := strings.Fields(line)
			names[fields[0]] = true
			if !regexp.MustCompile(`^[A-Z]{6}\+SurguchTextB? +CID TrueType +Identity-H +yes yes yes `).MatchString(line) {
				t.Errorf("%s: got %q, want a tagged subset, embedded, with ToUnicode", kind, line)
			}
		}
		if len(names) != 2 {
			t.Errorf("%s: the fonts have one name", kind)
		}
		whole, err := os.Stat("font/regular.ttf")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`/Length1 (\d+)`).FindAllSubmatch(pdf, -1) {
			if size, _ := strconv.ParseInt(string(m[1]), 10, 64); size > whole.Size()*2/3 {
				t.Errorf("%s: %d octets of a font of %d are embedded", kind, size, whole.Size())
			}
		}
	}
}
