// Package bench measures the runtime and the FreeSWITCH client.
package bench
