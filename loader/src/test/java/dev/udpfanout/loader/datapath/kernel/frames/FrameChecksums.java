package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.lab.frames.ParsedFrame;

/** Whether a frame's checksums are what a fresh computation gives; of IPv6, only where UDP follows at once. */
final class FrameChecksums {
    private FrameChecksums() {}

    static boolean areRight(byte[] frame) {
        ParsedFrame parsed = ParsedFrame.of(frame);
        if (!parsed.isUdp()) {
            return true;
        }
        return parsed.ipChecksumValid() && (parsed.udpChecksum() == 0 || parsed.udpChecksumValid());
    }
}
