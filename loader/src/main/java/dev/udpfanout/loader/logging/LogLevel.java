package dev.udpfanout.loader.logging;

/** From which level on events are logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
