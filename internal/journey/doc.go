// Package journey plays everybody around a request: applicants at their own
// desks and phones, agents, service centres, the document department, the tax
// office, the operators, the registers behind SMEV, the certification
// authority. What they deal with is the real packages, on a virtual clock.
//
// A [Plan] names a process and the arrows that a request is to take on its way:
// a return, a refusal, a lost key, a deadline that passes. Everything else
// follows from the process itself. The people look where the request stands,
// find the shortest way to where the plan wants it, and bring the evidence that
// the next arrow needs, each as he would: by a scan, a visit, a signature on the
// phone, a word in his own name. What they cannot do themselves they bring
// about, such as a register that contradicts or an authority that refuses, or
// wait for.
//
// So a test of all arrows of all processes is a list of their names, and one of
// a thousand requests at random is a list of dice.
package journey
