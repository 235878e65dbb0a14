/** The container image, run as the DaemonSet runs it. */
package dev.udpfanout.loader.image;
