//go:build !(valgrind && linux && amd64)

package secret

// Enabled says whether the marks have an effect.
const Enabled = false

// Hide marks octets as secret.
func Hide([]byte) {}

// Publish marks octets as public.
func Publish([]byte) {}

// HideWords marks limbs as secret.
func HideWords([]uint64) {}

// PublishWords marks limbs as public.
func PublishWords([]uint64) {}
