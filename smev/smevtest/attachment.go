package smevtest

import (
	"github.com/surguch/surguch/smev/internal/soap"
)

// attached counts the octets of attachments.
func attached(contents []soap.AttachmentContent) (n int64) {
	for _, a := range contents {
		n += int64(len(a.Content))
	}
	return n
}

// checkAttachments checks that headers and contents belong to one another, and
// that there is not too much of the latter. The caller holds s.mu.
func (s *Server) checkAttachments(c *call, headers []soap.AttachmentHeader, contents []soap.AttachmentContent) *soap.Fault {
	if !coordinated(headers, contents) {
		return s.fault("AttachmentContentMiscoordination", "", "Заголовки вложений не соответствуют содержимому.")
	}
	size := attached(contents)
	if size > maxAttached {
		f := s.fault("AttachmentSizeLimitExceeded", "", "Суммарный размер вложений превысил предел.")
		f.PermittedSize, f.RealSize = maxAttached, size
		return f
	}
	left := s.cfg.Quota - s.participants.sent[c.caller]
	if c.trouble == QuotaExceeded || s.cfg.Quota > 0 && size > left {
		f := s.fault("QuoteLimitExceeded", "", "Суммарный размер вложений превысил остаток квоты.")
		f.RemainedSize, f.RealSize = max(0, left), size
		return f
	}
	return nil
}

// coordinated reports whether each header names one content, and each content
// has one header.
func coordinated(headers []soap.AttachmentHeader, contents []soap.AttachmentContent) bool {
	named := map[string]bool{}
	for _, h := range headers {
		named[h.ContentID] = true
	}
	present := map[string]bool{}
	for _, a := range contents {
		if !named[a.ID] || present[a.ID] {
			return false
		}
		present[a.ID] = true
	}
	return len(headers) == len(contents) && len(named) == len(contents)
}
