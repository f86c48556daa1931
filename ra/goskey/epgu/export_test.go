package epgu

// SetChunk has archives sent in chunks of so many octets.
func (c *Client) SetChunk(size int) { c.size = size }
