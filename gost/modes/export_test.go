package modes

import "crypto/cipher"

// CheckLength is for messages that no test has the memory for.
var CheckLength = checkLength

// SkipTo moves a stream of CTR, which has begun no block, to a later one.
func SkipTo(s cipher.Stream, block uint64) { s.(*ctr).next = block }
