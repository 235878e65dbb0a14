/** Text as a terminal can show it: lines that fit its width, and nothing that moves the reader's cursor. */
package dev.udpfanout.loader.cli.terminal;
