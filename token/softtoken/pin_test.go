package softtoken_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// flags of the user's PIN.
const pinFlags = cryptoki.FlagUserPINCountLow | cryptoki.FlagUserPINFinalTry | cryptoki.FlagUserPINLocked

// TestPINCounts counts wrong PINs down to the lock, with a restart after each.
func TestPINCounts(t *testing.T) {
	w := newWorld(t, "rutoken-ecp2")
	s := w.user()
	w.generate(s, gostPair(gost.CryptoProA()))
	w.want(cryptoki.OK, w.Logout(w.ctx(), s))
	for left := 9; left >= 0; left-- {
		s := w.session(false)
		w.want(cryptoki.PINIncorrect, w.Login(w.ctx(), s, cryptoki.User, []byte("00000000")))
		w.restart()
		info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0))
		want := cryptoki.FlagUserPINCountLow
		switch left {
		case 1:
			want |= cryptoki.FlagUserPINFinalTry
		case 0:
			want = cryptoki.FlagUserPINLocked
		}
		if info.UserTries != left || info.Flags&pinFlags != want || info.SOTries != 10 {
			t.Fatalf("got %d tries, flags %#x, want %d and %#x", info.UserTries, info.Flags&pinFlags, left, want)
		}
	}
	s = w.session(true)
	w.want(cryptoki.PINLocked, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	w.want(cryptoki.PINLocked, w.SetPIN(w.ctx(), s, []byte(userPIN), []byte("other-pin")))
	// The officer gives a new PIN; the key made under the old one signs.
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)))
	w.want(cryptoki.OK, w.InitPIN(w.ctx(), s, []byte("new-pin-1")))
	w.want(cryptoki.OK, w.Logout(w.ctx(), s))
	w.want(cryptoki.PINIncorrect, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte("new-pin-1")))
	if info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0)); info.UserTries != 10 || info.Flags&pinFlags != 0 || info.DefaultUserPIN {
		t.Errorf("after the right PIN: got %d tries, flags %#x, default %v", info.UserTries, info.Flags&pinFlags, info.DefaultUserPIN)
	}
	priv := w.find(s, cryptoki.PrivateKey)[0]
	if _, err := w.Sign(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOSTSign}, priv, make([]byte, 32)); err != nil {
		t.Errorf("the key does not sign: %v", err)
	}
}

// TestOfficerPIN locks the officer's PIN, for which there is no cure.
func TestOfficerPIN(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.session(true)
	for range 10 {
		w.want(cryptoki.PINIncorrect, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte("wrong")))
	}
	w.want(cryptoki.PINLocked, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)))
	w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
	w.want(cryptoki.PINLocked, w.InitToken(w.ctx(), 0, []byte(soPIN), "label"))
	if info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0)); info.Flags&cryptoki.FlagSOPINLocked == 0 || info.UserTries != 10 {
		t.Errorf("got flags %#x, %d tries of the user", info.Flags, info.UserTries)
	}
}

// TestChangePIN changes both PINs, and after it the old ones are wrong.
func TestChangePIN(t *testing.T) {
	w := newWorld(t, "plain")
	for user, old := range map[uint32]string{cryptoki.User: userPIN, cryptoki.SecurityOfficer: soPIN} {
		s := w.session(true)
		w.want(cryptoki.OK, w.Login(w.ctx(), s, user, []byte(old)))
		w.want(cryptoki.PINIncorrect, w.SetPIN(w.ctx(), s, []byte("0000"), []byte("новый ПИН")))
		w.want(cryptoki.OK, w.SetPIN(w.ctx(), s, []byte(old), []byte("новый ПИН")))
		w.want(cryptoki.OK, w.Logout(w.ctx(), s))
		w.want(cryptoki.PINIncorrect, w.Login(w.ctx(), s, user, []byte(old)))
		w.want(cryptoki.OK, w.Login(w.ctx(), s, user, []byte("новый ПИН")))
		w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
	}
	// Nobody is logged in: it is the user's PIN.
	s := w.session(true)
	w.want(cryptoki.OK, w.SetPIN(w.ctx(), s, []byte("новый ПИН"), []byte(userPIN)))
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	if !must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0)).DefaultUserPIN {
		t.Error("the factory's PIN is not told to be the default")
	}
}

// TestPINPolicy tries poor PINs on the profiles.
func TestPINPolicy(t *testing.T) {
	const none = cryptoki.OK
	for profile, cases := range map[string][]struct {
		pin  string
		want cryptoki.Code
	}{
		"plain":        {{"123", cryptoki.PINLenRange}, {strings.Repeat("1", 65), cryptoki.PINLenRange}, {"1111", none}, {"\xff\xff\xff\xff", cryptoki.PINInvalid}},
		"rutoken-ecp2": {{"12345", cryptoki.PINLenRange}, {strings.Repeat("1", 250), cryptoki.PINLenRange}, {"111111", none}, {userPIN, none}},
		"rutoken-ecp3": {{"12345", cryptoki.PINLenRange}, {"111111", cryptoki.Vendor + 0xA}, {userPIN, cryptoki.Vendor + 0xA}, {"192837", none}, {"192837", cryptoki.Vendor + 0xB},
			{"564738", none}, {"192837", cryptoki.Vendor + 0xB}, {"aaaabb", none}, {"bbbbcc", none}, {"192837", none}},
		"jacarta-2": {{"12345", cryptoki.PINLenRange}, {"a111111", cryptoki.Vendor + 0x31}, {"192837", none}, {"192837", cryptoki.Vendor + 0x2B}, {"564738", none}},
	} {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, profile)
			s, now := w.user(), w.factory(cryptoki.User)
			for i, c := range cases {
				err := w.SetPIN(w.ctx(), s, []byte(now), []byte(c.pin))
				if c.want == none && err != nil || c.want != none && err != error(c.want) {
					t.Errorf("%d: %q: got %v, want %v", i, c.pin, err, c.want)
				}
				if err == nil {
					now = c.pin
				}
			}
			// A refused PIN costs no try, and the old one goes on.
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte(now)))
		})
	}
}

// TestInitToken erases a token.
func TestInitToken(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	w.generate(s, p256Pair)
	other := w.tokens.Application()
	w.want(cryptoki.SessionExists, other.InitToken(w.ctx(), 0, []byte(soPIN), "Новый"))
	w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
	w.want(cryptoki.PINIncorrect, other.InitToken(w.ctx(), 0, []byte(userPIN), "Новый"))
	w.want(cryptoki.ArgumentsBad, other.InitToken(w.ctx(), 0, []byte(soPIN), strings.Repeat("n", 33)))
	w.want(cryptoki.OK, other.InitToken(w.ctx(), 0, []byte(soPIN), "Новый"))
	w.restart()
	info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0))
	if info.Label != "Новый" || info.Flags&cryptoki.FlagUserPINSet != 0 || info.FreeMemory != info.TotalMemory || info.SOTries != 10 {
		t.Errorf("got %+v", info)
	}
	s = w.session(true)
	w.want(cryptoki.UserPINNotInitialized, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)))
	w.want(cryptoki.OK, w.InitPIN(w.ctx(), s, []byte("fresh pin")))
	w.want(cryptoki.OK, w.Logout(w.ctx(), s))
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte("fresh pin")))
	if all := must[[]cryptoki.Object](t)(w.Find(w.ctx(), s, nil)); len(all) != 0 {
		t.Errorf("got %d objects, want none", len(all))
	}
}

// TestNewTokens gives tokens PINs of their own, and two slots their own
// numbers and counters.
func TestNewTokens(t *testing.T) {
	w := newWorld(t, "plain")
	n := must[uint64](t)(w.tokens.Add(softtoken.Format{Profile: "jacarta-2", Serial: "0A1B2C3D", UserPIN: "user-pin", SOPIN: "officer-pin"}))
	if n != 1 {
		t.Fatalf("got slot %d, want 1", n)
	}
	for what, f := range map[string]softtoken.Format{
		"the same serial": {Profile: "jacarta-2", Serial: "0A1B2C3D"}, "no such profile": {Profile: "etoken"}, "a long label": {Label: strings.Repeat("Щ", 17)},
		"a serial of spaces": {Serial: "0A 1B"}, "a short PIN": {Profile: "jacarta-2", UserPIN: "12345"},
	} {
		if _, err := w.tokens.Add(f); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	w.restart()
	if got := fmt.Sprint(must[[]uint64](t)(w.Slots(w.ctx(), true))); got != "[0 1]" {
		t.Errorf("got slots %s", got)
	}
	s := must[cryptoki.Session](t)(w.OpenSession(w.ctx(), 1, true))
	w.want(cryptoki.PINIncorrect, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte("user-pin")))
	list := w.tokens.List()
	if list[0].UserTries != 10 || list[1].UserTries != 10 || list[1].Serial != "0A1B2C3D" || list[1].DefaultPIN || !list[0].DefaultPIN {
		t.Errorf("got %+v", list)
	}
}
