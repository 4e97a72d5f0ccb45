package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// The exit codes. Commands that go on until they are interrupted then exit with 0.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line.
type commands struct {
	Demo        demoCommand        `cmd:"" help:"Show a simulated switch at work: no server needed."`
	Sim         simCommand         `cmd:"" help:"Run a simulated switch for other programs to connect to."`
	Top         topCommand         `cmd:"" help:"Show a switch's channels, calls and conferences, live."`
	Channels    channelsCommand    `cmd:"" help:"List the channels that are live now."`
	Conferences conferencesCommand `cmd:"" help:"List the conferences that are live now, with their members."`
	Events      eventsCommand      `cmd:"" help:"Print events as they come."`
	Log         logCommand         `cmd:"" help:"Print the server's log as it comes."`
	API         apiCommand         `cmd:"" name:"api" help:"Run an API command and print its output."`
	Verify      verifyCommand      `cmd:"" help:"Compare the model with the server's own tables, again and again."`
	Replay      replayCommand      `cmd:"" help:"Feed a recording to the model and tell what it makes of it."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

const description = `Shows and controls a FreeSWITCH over its event socket. Try "fsw demo".

Flags may stand anywhere. Exit codes: 0, 1 for a failure, 2 for wrong usage.`

// run is the whole command: it parses args, does what they say until that is done
// or ctx ends, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	std := &streams{in: stdin, out: &output{w: stdout, broken: cancel}, err: stderr}
	err := std.out.failure(perform(ctx, args, std))
	if err == nil {
		return exitOK
	}
	message := strings.TrimPrefix(err.Error(), "fsw: ")
	fmt.Fprintln(stderr, "fsw:", strings.Join(strings.Fields(message), " ")) // one line, whatever it quotes
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}

func perform(ctx context.Context, args []string, std *streams) (err error) {
	type leave struct{} // how kong's --help and --version end the parsing
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(leave); !ok {
				panic(v)
			}
		}
	}()
	parser, err := newParser(std, func(int) { panic(leave{}) })
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(order(parser.Model, args))
	if err != nil {
		return usageError{err}
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(std)
}

// newParser returns the parser of the command line.
func newParser(std *streams, exit func(int)) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("fsw"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(std.out, std.err), kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Vars{"version": version()},
	)
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Error() string { return e.error.Error() + ` (see "fsw --help")` }
