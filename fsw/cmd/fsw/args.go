package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// order lets flags stand anywhere, before the command, too: it puts the command
// first, then all flags, then the other words behind a "--".
//
// A word with a single dash that follows "api" is a word of the API command, such
// as a negative number. What follows a "--" is no flag in any case.
func order(app *kong.Application, args []string) []string {
	long := valueFlags(app)
	var flags, words []string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			words, args = append(words, args...), nil
		case !isFlag(arg, words):
			words = append(words, arg)
		case long[arg] != "" && len(args) > 0:
			flags = append(flags, long[arg]+"="+args[0])
			args = args[1:]
		default:
			flags = append(flags, arg)
		}
	}
	if len(words) > 0 && words[0] == "help" {
		flags, words = append(flags, "--help"), words[1:]
	}
	if len(words) == 0 {
		return flags
	}
	return append(append(append(words[:1:1], flags...), "--"), words[1:]...)
}

func isFlag(arg string, words []string) bool {
	if arg == "-" || !strings.HasPrefix(arg, "-") {
		return false
	}
	return len(words) == 0 || words[0] != "api" || strings.HasPrefix(arg, "--") || arg == "-h"
}

// valueFlags maps how a flag that takes a value can be written, such as "-n", to
// its long form, for the flags of all commands.
func valueFlags(app *kong.Application) map[string]string {
	long := map[string]string{}
	for _, command := range app.Leaves(false) {
		for _, flag := range command.Flags {
			if flag.IsBool() {
				continue
			}
			name := "--" + flag.Name
			long[name] = name
			if flag.Short != 0 {
				long["-"+string(flag.Short)] = name
			}
		}
	}
	return long
}
