package dev.udpfanout.forwarder.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What one writes first with Netty: a handler on a datagram channel that gives each packet a new recipient. For
 * comparison with ForwarderProcess. Arguments: the transport, the address and port to listen on, the endpoints.
 */
final class NaiveForwarder extends ChannelInboundHandlerAdapter {
    private static final int BATCH = 64;
    private static final int MAX_DATAGRAM_BYTES = 2048;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;

    private final List<InetSocketAddress> endpoints;
    private int turn;

    private NaiveForwarder(List<InetSocketAddress> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf payload = ((DatagramPacket) message).content();
        InetSocketAddress endpoint = endpoints.get(turn);
        turn = turn + 1 == endpoints.size() ? 0 : turn + 1;
        context.write(new DatagramPacket(payload, endpoint), context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    public static void main(String[] args) throws IOException {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            endpoints.add(address(args[i]));
        }
        Bootstrap bootstrap = new Bootstrap()
                .handler(new NaiveForwarder(endpoints))
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BATCH * MAX_DATAGRAM_BYTES));
        switch (args[0]) {
            case "io_uring" ->
                configure(bootstrap, IoUringIoHandler.newFactory(), IoUringDatagramChannel.class)
                        .option(IoUringChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES);
            case "epoll" ->
                configure(bootstrap, EpollIoHandler.newFactory(), EpollDatagramChannel.class)
                        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES);
            default -> configure(bootstrap, NioIoHandler.newFactory(), NioDatagramChannel.class);
        }
        bootstrap.bind(address(args[1])).syncUninterruptibly();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Until the end of the input.
        }
        System.exit(0);
    }

    private static Bootstrap configure(
            Bootstrap bootstrap, IoHandlerFactory handlers, Class<? extends DatagramChannel> channel) {
        return bootstrap.group(new MultiThreadIoEventLoopGroup(1, handlers)).channel(channel);
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
