package ra

// expedited reports whether the form asks for it: then the request comes before
// others in its queue, and its effects are done first.
func (r *Request) expedited() bool { return r.Form.Expedited != "" }
