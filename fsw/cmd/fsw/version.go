package main

import "runtime/debug"

type versionCommand struct{}

func (versionCommand) Run(std *streams) error {
	std.out.printf("%s\n", version())
	return nil
}

// version is that of the module the command was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "fsw (devel)"
	}
	return "fsw " + info.Main.Version + " " + info.GoVersion
}
