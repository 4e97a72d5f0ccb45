// Command fsw shows and controls a FreeSWITCH.
package main

func main() {}
