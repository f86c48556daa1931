package audit

import (
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra"
)

// FaultKind says what is wrong with a trail or a case file.
type FaultKind string

// Kinds of faults of a trail.
const (
	LeafMisplaced      FaultKind = "leaf_misplaced"      // a leaf is missing, stands twice, or not where it belongs
	LeafUnreadable     FaultKind = "leaf_unreadable"     // a leaf does not say what its columns say
	LeafUncovered      FaultKind = "leaf_uncovered"      // a leaf has a place, and no checkpoint covers it
	EntryGap           FaultKind = "entry_gap"           // the entries of a request are not numbered 1, 2, 3 …
	RootDiffers        FaultKind = "root_differs"        // the leaves do not have the root of a checkpoint: some leaf was changed
	TrailShort         FaultKind = "trail_short"         // there are fewer leaves than a checkpoint is over
	CheckpointUnsigned FaultKind = "checkpoint_unsigned" // a checkpoint has no valid signature
	CheckpointDiffers  FaultKind = "checkpoint_differs"  // a checkpoint's note is not what its columns say
	CheckpointMissing  FaultKind = "checkpoint_missing"  // a checkpoint that was signed is not in the store
)

// Kinds of faults of requests and case files.
const (
	RequestMissing    FaultKind = "request_missing"    // the trail knows of a request that is not in the store
	JournalDiffers    FaultKind = "journal_differs"    // an entry is not the one that the trail commits to
	JournalShort      FaultKind = "journal_short"      // the journal has other entries than the trail
	StateDiffers      FaultKind = "state_differs"      // the journal does not lead to the state of the request
	ProofInvalid      FaultKind = "proof_invalid"      // a leaf is not in the tree of the checkpoint
	ProcessDiffers    FaultKind = "process_differs"    // it is not the process the request runs by, or has no such step
	DocumentMissing   FaultKind = "document_missing"   // a document of the journal is not there
	DocumentDiffers   FaultKind = "document_differs"   // a document is not the one of the journal
	DocumentUnknown   FaultKind = "document_unknown"   // the journal knows of no such document
	SignatureInvalid  FaultKind = "signature_invalid"  // a signature over a document does not verify
	CertificateFaulty FaultKind = "certificate_faulty" // the certificate does not parse, or its chain does not hold
)

// texts are what the kinds mean, in English and in Russian.
var texts = map[FaultKind][2]string{
	LeafMisplaced:      {"a leaf is missing, stands twice or not where it belongs", "запись журнала аудита отсутствует, повторяется или стоит не на своём месте"},
	LeafUnreadable:     {"a leaf does not say what its columns say", "содержание записи журнала аудита не соответствует её столбцам"},
	LeafUncovered:      {"a leaf has a place, and no checkpoint covers it", "запись журнала аудита не покрыта ни одной контрольной точкой"},
	EntryGap:           {"the entries of a request are not numbered without gaps", "нумерация записей заявки нарушена"},
	RootDiffers:        {"the leaves do not have the root of a checkpoint", "записи журнала аудита изменены: корень дерева не совпадает с контрольной точкой"},
	TrailShort:         {"there are fewer leaves than a checkpoint is over", "записей журнала аудита меньше, чем подтверждает контрольная точка"},
	CheckpointUnsigned: {"a checkpoint has no valid signature", "подпись контрольной точки неверна"},
	CheckpointDiffers:  {"a checkpoint's note is not what its columns say", "контрольная точка не соответствует своим столбцам"},
	CheckpointMissing:  {"a checkpoint that was signed is not in the store", "выданной контрольной точки нет в базе"},
	RequestMissing:     {"the trail knows of a request that is not in the store", "заявка есть в журнале аудита, но отсутствует в базе"},
	JournalDiffers:     {"an entry is not the one that the trail commits to", "запись журнала заявки не та, что зафиксирована в журнале аудита"},
	JournalShort:       {"the journal has other entries than the trail", "записей журнала заявки не столько, сколько в журнале аудита"},
	StateDiffers:       {"the journal does not lead to the state of the request", "журнал заявки не приводит к её состоянию"},
	ProofInvalid:       {"a leaf is not in the tree of the checkpoint", "доказательство вхождения записи в дерево неверно"},
	ProcessDiffers:     {"not the process that the request runs by, or it has no such step", "описание процесса не то, по которому велась заявка, или в нём нет такого перехода"},
	DocumentMissing:    {"a document of the journal is not there", "документ из журнала отсутствует"},
	DocumentDiffers:    {"a document is not the one of the journal", "документ не тот, что записан в журнале"},
	DocumentUnknown:    {"the journal knows of no such document", "в журнале нет такого документа"},
	SignatureInvalid:   {"a signature over a document does not verify", "подпись документа неверна"},
	CertificateFaulty:  {"the certificate does not parse, or its chain does not hold", "сертификат не разбирается или его цепочка неверна"},
}

// Fault is one thing that is wrong. Fields that do not apply are zero.
type Fault struct {
	Kind    FaultKind
	Place   int64  // of the leaf, for kinds of leaves; -1: it has none
	Size    int64  // of the checkpoint
	Sound   int64  // of RootDiffers: size of the largest tree before that is as signed
	Request ra.ID  //
	Seq     int64  // of the entry
	Object  string // hash of the document
	Err     error  // why, if there is more to say
}

// String says what is wrong, in English, without personal data.
func (f Fault) String() string {
	return f.in(0, "leaf %d", "checkpoint over %d", "among leaves %d to %d", "request %s", "entry %d", "document %s")
}

// Russian says it in Russian.
func (f Fault) Russian() string {
	return f.in(1, "запись аудита %d", "контрольная точка %d", "среди записей аудита с %d по %d", "заявка %s", "запись %d", "документ %s")
}

func (f Fault) in(language int, leaf, checkpoint, among, request, entry, document string) string {
	text := string(f.Kind)
	if t, ok := texts[f.Kind]; ok {
		text = t[language]
	}
	var where []string
	add := func(format string, values ...any) { where = append(where, fmt.Sprintf(format, values...)) }
	switch f.Kind {
	case LeafMisplaced, LeafUnreadable, LeafUncovered, EntryGap, ProofInvalid:
		if f.Place >= 0 {
			add(leaf, f.Place)
		}
	}
	if f.Size > 0 {
		add(checkpoint, f.Size)
	}
	if f.Kind == RootDiffers {
		add(among, f.Sound, f.Size-1)
	}
	if f.Request != "" {
		add(request, printable(string(f.Request)))
	}
	if f.Seq > 0 {
		add(entry, f.Seq)
	}
	if f.Object != "" {
		add(document, printable(f.Object))
	}
	if len(where) > 0 {
		text += " (" + strings.Join(where, ", ") + ")"
	}
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// printable is text of strangers, cut short and on one line.
func printable(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' {
			return '?'
		}
		return r
	}, s), "?")
}

// faultsMost is how many faults a report lists.
const faultsMost = 1000

// faults are what was found, counted in full and listed up to a bound.
type faults struct {
	list []Fault
	more int
}

func (x *faults) add(f Fault) {
	if len(x.list) == faultsMost {
		x.more++
		return
	}
	x.list = append(x.list, f)
}

// err is a *FaultError if there are any.
func (x *faults) err() error {
	if len(x.list) == 0 {
		return nil
	}
	return &FaultError{x.list, x.more}
}

// FaultError says that what was verified is not as it was recorded.
type FaultError struct {
	Faults []Fault
	More   int // further ones
}

func (e *FaultError) Error() string {
	if n := len(e.Faults) + e.More; n > 1 {
		return fmt.Sprintf("audit: %d faults, the first: %v", n, e.Faults[0])
	}
	return "audit: " + e.Faults[0].String()
}
