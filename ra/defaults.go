package ra

import "time"

// Defaults of Config, and the bounds that are not configured. They stand here
// so that they are read together.
const (
	defaultCheckLife    = 24 * time.Hour      // how long a register's answer counts
	defaultLinkLife     = 14 * 24 * time.Hour // how long an individual link opens its request
	defaultSigningLife  = 24 * time.Hour      // how long a person has to sign a package
	defaultPoll         = time.Minute         // between questions whose answer is pending
	defaultRemind       = 24 * time.Hour      // before a deadline whoever must act is reminded
	defaultLease        = time.Minute         // how long an attempt may take before another worker may repeat it
	defaultWorkers      = 16                  // effects that run at once
	defaultFailures     = 15                  // attempts in a row that may fail, some 2 hours, before a human is told
	defaultApprovalLife = 30 * 24 * time.Hour // how long an approval counts
	defaultCommandLife  = 30 * 24 * time.Hour // how long the answer to a command is kept
	defaultMarkerLife   = 7 * 24 * time.Hour  // how long a marker counts
	defaultMarkerTries  = 5                   // wrong codes until a marker ends
	defaultSessionLife  = 24 * time.Hour      // how long a link or a marker that was shown need not be shown again
	defaultCodeLife     = 5 * time.Minute     // how long a code that was sent counts
	defaultCodeTries    = 3                   // how often it may be entered

	codePause     = time.Minute      // between codes to one phone
	codeLockAfter = 5                // wrong codes in a session
	codeLock      = 15 * time.Minute // for which it then takes none
	maxSessions   = 16               // of a request at once
	minSecret     = 16               // octets of the secret of a link or a session
	maxSecret     = 32

	firstPause = time.Second      // after the first failed attempt; it doubles
	longPause  = 30 * time.Minute // and grows no longer than this

	clockAhead   = 5 * time.Minute // by which a CA's clock may be ahead of ours
	sweepEvery   = time.Hour       // between looks for old answers to commands
	batch        = 64              // tasks and timers taken up at once
	idle         = time.Second     // between looks at the store when nothing woke us
	maxAutomatic = 32              // automatic arrows of one move
	decisions    = 8               // of a command with a key, until it is the caller's to see that others are faster
	pageDefault  = 50              // rows of a page
	pageMost     = 1000

	recentKeys     = 1024 // of cases that are kept unwrapped, and as many from before
	recentRequests = 256  // that are kept as they were read last, and as many from before
)

// pause is how long to wait after a number of failures: 1 s, 2 s, 4 s … half
// an hour, and up to a quarter of that more, so that what failed together is
// not repeated together.
func pause(failures int, chance func(n int64) int64) time.Duration {
	d := min(firstPause<<min(max(failures, 1)-1, 20), longPause)
	return d + time.Duration(chance(int64(d)/4+1))
}
