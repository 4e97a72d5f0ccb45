package fsw_test

import (
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw"
)

// An address without a port will never work, however often it is tried.
func TestAddressWithoutPort(t *testing.T) {
	for _, addr := range []string{"", "127.0.0.1", "pbx.example.com"} {
		o := fsw.Options{Password: "ClueCon"}
		if _, err := fsw.Connect(t.Context(), addr, o); err == nil || !strings.Contains(err.Error(), "missing port") {
			t.Errorf("Connect to %q: %v", addr, err)
		}
		if _, err := fsw.Dial(t.Context(), addr, o); err == nil || !strings.Contains(err.Error(), "missing port") {
			t.Errorf("Dial to %q: %v", addr, err)
		}
	}
}
