/** What this kernel and this process are able to do, tried out without anybody's traffic. */
package dev.udpfanout.loader.datapath.probe;
