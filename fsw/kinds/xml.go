package kinds

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// readXML reads a table that is shown as XML. FreeSWITCH says ISO-8859-1 and sends what
// it was configured with, UTF-8 mostly, and does not escape every ampersand.
func readXML(output, root string, into any) error {
	if !strings.Contains(output, "<"+root) {
		return fmt.Errorf("kinds: <%s> was expected, not %.40q", root, output)
	}
	d := xml.NewDecoder(strings.NewReader(output))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("kinds: <%s>: %w", root, err)
	}
	return nil
}
