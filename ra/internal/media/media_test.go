package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/surguch/surguch/ra/internal/media"
)

func picture(t testing.TB, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) }
func pngOf(b *bytes.Buffer, m image.Image) error  { return png.Encode(b, m) }

// tiff makes the directories of a TIFF: one page of each size, width in SHORT,
// height in LONG; next is where the last page points.
func tiff(order binary.AppendByteOrder, next uint32, sizes ...[2]uint32) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	out := order.AppendUint32([]byte(mark), 8)
	for i, s := range sizes {
		out = order.AppendUint16(out, 2)
		out = order.AppendUint32(order.AppendUint16(order.AppendUint16(out, 256), 3), 1)
		out = order.AppendUint16(order.AppendUint16(out, uint16(s[0])), 0)
		out = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(out, 257), 4), 1), s[1])
		if i == len(sizes)-1 {
			out = order.AppendUint32(out, next)
		} else {
			out = order.AppendUint32(out, uint32(len(out)+4))
		}
	}
	return out
}

func TestDetect(t *testing.T) {
	huge := picture(t, pngOf)
	binary.BigEndian.PutUint32(huge[16:], 100_000) // IHDR
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	for what, c := range map[string]struct {
		data []byte
		want string
		err  error
	}{
		"PDF":                    {[]byte("%PDF-1.7\n…\n%%EOF\n"), media.PDF, nil},
		"PDF without its end":    {[]byte("%PDF-1.7\n"), "", media.ErrKind},
		"JPEG":                   {picture(t, jpegOf), media.JPEG, nil},
		"JPEG, torn":             {picture(t, jpegOf)[:20], "", media.ErrKind},
		"PNG":                    {picture(t, pngOf), media.PNG, nil},
		"PNG that would unpack":  {fixCRC(huge), "", media.ErrPixel},
		"TIFF":                   {tiff(binary.LittleEndian, 0, [2]uint32{1, 1}), media.TIFF, nil},
		"TIFF of two pages":      {tiff(binary.BigEndian, 0, [2]uint32{100, 100}, [2]uint32{2480, 3508}), media.TIFF, nil},
		"TIFF with a huge page":  {tiff(binary.LittleEndian, 0, [2]uint32{1, 1}, [2]uint32{60_000, 60_000}), "", media.ErrPixel},
		"TIFF in a circle":       {tiff(binary.LittleEndian, 8, [2]uint32{1, 1}), "", media.ErrKind},
		"TIFF that points out":   {tiff(binary.LittleEndian, 1<<31, [2]uint32{1, 1}), "", media.ErrKind},
		"TIFF without width":     {tiff(binary.LittleEndian, 0, [2]uint32{0, 1}), "", media.ErrPixel},
		"TIFF without pages":     {[]byte("II*\x00\x00\x00\x00\x00"), "", media.ErrKind},
		"a web page":             {[]byte("<html><script>"), "", media.ErrKind},
		"a program":              {[]byte("MZ\x90\x00"), "", media.ErrKind},
		"nothing":                {nil, "", media.ErrKind},
		"too large":              {make([]byte, media.MaxSize+1), "", media.ErrSize},
		"PNG in name only":       {[]byte("\x89PNG\r\n\x1a\n<script>"), "", media.ErrKind},
		"a page with PDF behind": {[]byte("<html>%PDF-1.7 %%EOF"), "", media.ErrKind},
	} {
		got, err := media.Detect(c.data)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %q, %v; want %q, %v", what, got, err, c.want, c.err)
		}
	}
}

// fixCRC makes a changed IHDR pass its checksum.
func fixCRC(raw []byte) []byte {
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n%%EOF"))
	f.Add(picture(f, jpegOf))
	f.Add(picture(f, pngOf))
	f.Add(tiff(binary.BigEndian, 0, [2]uint32{1, 1}, [2]uint32{1, 1}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := media.Detect(data); (got == "") != (err != nil) {
			t.Fatalf("got %q with error %v", got, err)
		}
	})
}
