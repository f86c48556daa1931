// Package media tells what a document is by its content, never by its name or
// by what the sender calls it: PDF, JPEG, PNG or TIFF, and nothing else. It
// reads headers and decodes nothing, so that a picture that unpacks to
// gigabytes is refused for what its header says.
package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // for image.DecodeConfig
	_ "image/png"
	"slices"
)

// MIME types that Detect returns.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
	TIFF = "image/tiff"
)

// Limits of a document.
const (
	MaxSize   = 20 << 20    // octets
	MaxPixels = 200_000_000 // width by height
)

// Errors of Detect.
var (
	ErrKind  = errors.New("media: neither PDF nor JPEG nor PNG nor TIFF")
	ErrSize  = fmt.Errorf("media: more than %d MiB", MaxSize>>20)
	ErrPixel = fmt.Errorf("media: more than %d megapixels, or none", MaxPixels/1_000_000)
)

// Detect returns the MIME type of a document.
func Detect(data []byte) (string, error) {
	switch {
	case len(data) > MaxSize:
		return "", ErrSize
	case bytes.HasPrefix(data, []byte("%PDF-1.")) || bytes.HasPrefix(data, []byte("%PDF-2.")):
		// Without its end a PDF is torn, or something else with a PDF in front.
		if !bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF")) {
			return "", ErrKind
		}
		return PDF, nil
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		return known(JPEG, pixels(data, "jpeg"))
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return known(PNG, pixels(data, "png"))
	case bytes.HasPrefix(data, []byte("II*\x00")):
		return known(TIFF, tiff(data, binary.LittleEndian))
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		return known(TIFF, tiff(data, binary.BigEndian))
	}
	return "", ErrKind
}

func known(media string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return media, nil
}

// pixels reads the size of a picture that the standard library knows.
func pixels(data []byte, format string) error {
	config, name, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || name != format {
		return ErrKind
	}
	return area(uint64(config.Width), uint64(config.Height))
}

func area(width, height uint64) error {
	if width == 0 || height == 0 || width > MaxPixels || height > MaxPixels || width*height > MaxPixels {
		return ErrPixel
	}
	return nil
}

// tiff reads the sizes of all pages of a TIFF (revision 6.0, section 2): tags
// 256 and 257 of each directory.
func tiff(data []byte, order binary.ByteOrder) error {
	const header, entry, maxPages = 8, 12, 256
	if len(data) < header {
		return ErrKind
	}
	var seen []uint32
	for at := order.Uint32(data[4:]); at != 0; {
		if len(seen) == maxPages || slices.Contains(seen, at) || uint64(at)+2 > uint64(len(data)) {
			return ErrKind
		}
		seen = append(seen, at)
		count := int(order.Uint16(data[at:]))
		end := uint64(at) + 2 + uint64(count)*entry
		if end+4 > uint64(len(data)) {
			return ErrKind
		}
		var size [2]uint64
		for i := range count {
			e := data[uint64(at)+2+uint64(i)*entry:][:entry]
			if tag := order.Uint16(e); tag == 256 || tag == 257 {
				switch order.Uint16(e[2:]) {
				case 3: // SHORT
					size[tag-256] = uint64(order.Uint16(e[8:]))
				case 4: // LONG
					size[tag-256] = uint64(order.Uint32(e[8:]))
				default:
					return ErrKind
				}
			}
		}
		if err := area(size[0], size[1]); err != nil {
			return err
		}
		at = order.Uint32(data[end:])
	}
	if len(seen) == 0 {
		return ErrKind
	}
	return nil
}
