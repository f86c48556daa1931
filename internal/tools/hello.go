//go:build ignore

// Hello does nothing: that it runs shows that the machine runs programs of
// the architecture it was built for.
package main

func main() {}
