package ftp

import "time"

// Settle changes how long the control connection must stand after an upload.
func (s *Server) Settle(d time.Duration) { s.settle = d }
