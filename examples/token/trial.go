package main

import (
	"context"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

// trialName is what the key of a trial is called, should it be left behind.
const trialName = "проба surguch, можно удалить"

// trialAlgorithm is what a trial makes: CryptoPro-A, which every device of GOST
// has, or what there is.
func trialAlgorithm(algorithms []string) string {
	const usual = "CryptoPro-A"
	if slices.Contains(algorithms, usual) || len(algorithms) == 0 {
		return usual
	}
	if i := slices.IndexFunc(algorithms, isGOST); i >= 0 {
		return algorithms[i]
	}
	return algorithms[0]
}

// grace is how long the key of a trial may take to be deleted though the
// program was interrupted.
const grace = 30 * time.Second

// try has a key pair made, signs with it, verifies the signature in software,
// and deletes the pair, whatever happened in between.
func try(ctx context.Context, c token.Carrier, algorithm string) *trial {
	t := &trial{Algorithm: algorithm}
	fail := func(err error) {
		if err != nil && t.Error == "" {
			t.Error = tell(err)
		}
	}
	key, err := token.Generate(ctx, c, token.Spec{Algorithm: algorithm, Name: trialName})
	if err != nil {
		fail(err)
		return t
	}
	t.Generated, t.ID = true, key.Info().ID
	_, _, err = csr.Standard().Sign(key, []byte("surguch: trial signature"))
	t.Signed = err == nil
	fail(err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err = remove(ctx, c, t.ID)
	t.Deleted = err == nil
	fail(err)
	return t
}
