// Package secret tells memcheck, the memory checker of Valgrind, which values
// are secret, so that a test can show that no branch and no address depends
// on them.
//
// Memcheck follows undefined memory through every instruction and reports a
// jump or an address computed from it. [Hide] marks a secret as undefined, in
// tests. [Public] ends that for what leaves as a result, and so says, where it
// stands in the code, what may be known. Built with the tag valgrind, on
// linux/amd64, they make Valgrind's client requests; in every other build they
// do nothing and cost nothing.
package secret
