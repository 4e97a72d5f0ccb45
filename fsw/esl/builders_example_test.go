package esl_test

import (
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A call to a desk phone and a mobile at the same time, and to the voice mail if neither
// answers.
func ExampleDial() {
	d := esl.Dial(esl.User("1000@example.com"), esl.Gateway("pstn", "+491700000").With("leg_delay_start", "5")).
		Or(esl.Loopback("*98", "default")).
		With("ignore_early_media", "true").With("absolute_codec_string", "PCMA,PCMU")
	fmt.Println(esl.AppBridge(d))
	fmt.Println(esl.Originate{Dial: d, App: esl.AppPark(), CallerIDName: "Front Desk", Timeout: 20 * time.Second}.Command())
	// Output:
	// bridge({ignore_early_media=true,absolute_codec_string=PCMA\,PCMU}user/1000@example.com,[leg_delay_start=5]sofia/gateway/pstn/+491700000|loopback/*98/default)
	// originate {ignore_early_media=true,absolute_codec_string=PCMA\,PCMU}user/1000@example.com,[leg_delay_start=5]sofia/gateway/pstn/+491700000|loopback/*98/default &park undef undef 'Front Desk' undef 20
}

// Text from others must not be expanded by the server.
func ExampleLiteral() {
	caller := "${system(reboot)}"
	fmt.Println(esl.AppSet("greeting", "hello "+esl.Literal(caller)))
	// Output: set(greeting=hello \${system(reboot)})
}
