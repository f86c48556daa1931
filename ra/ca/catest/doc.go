// Package catest tests what speaks with a certification authority, from both
// sides.
//
// [Run] is the conformance suite for connectors, implementations of ra.CA: one
// that passes keeps the promises that the authority's exactly-once issuing
// rests on.
//
//	catest.Run(t, catest.Suite{Open: func(t *testing.T) ra.CA { … }})
//
// [CA] is a certification authority that fails on purpose, for tests of those
// who call one. It stands before another and, by a seeded choice, drops
// answers, delivers orders twice, hangs, answers late or only after the test
// lets it, refuses, and issues for the wrong key or to another subject. It
// keeps account of every certificate that came into being, so that a test can
// say: none twice, none lost.
//
//	ca := catest.New(catest.Config{CA: inner, Seed: 1, Rate: 0.3})
//	… // run requests through the authority under test
//	for _, o := range ca.Orders() { … }
//
// It uses nothing but the standard package testing, since embedders import it.
package catest
