using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Upgrade;

/// <summary>
/// Everything that a server says to one sequence of bytes, and what becomes of the connection: after an answer an ordinary request
/// follows on it, after a 101 a close frame, and then all is read to the end.
/// </summary>
internal static partial class Transcript
{
    private const string Following = "HEAD /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<string> OfAsync(
        IPEndPoint server, byte[] request, Func<int, int>? cut = null, Func<Socket, Task<Stream>>? open = null, Func<Task>? between = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, patience.Token);
        await using var stream = open is null ? new NetworkStream(socket) : await open(socket);
        for (var sent = 0; sent < request.Length;)
        {
            var piece = Math.Clamp(cut?.Invoke(sent) ?? int.MaxValue, 1, request.Length - sent);
            try
            {
                await stream.WriteAsync(request.AsMemory(sent, piece), patience.Token);
            }
            catch (IOException)
            {
                break; // the answer came before the end
            }

            sent += piece;
            if (cut is not null) await Task.Yield();
            if (between is not null && sent < request.Length) await between();
        }

        var said = new StringBuilder();
        var ended = await AnswerAsync(stream, said, patience.Token);
        if (!ended)
        {
            var following = said.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal) ? RawWebSocketClient.CloseFrame(1000) : Encoding.ASCII.GetBytes(Following);
            try
            {
                await stream.WriteAsync(following, patience.Token);
                while (!ended) ended = !await NextAsync(stream, said, patience.Token);
            }
            catch (IOException)
            {
                // The end, in whatever way: an answer that was in time is here already.
            }
        }

        return Changing().Replace(said.ToString(), "$1: *");
    }

    /// <summary>A whole exchange on another connection: by its end the server has very likely read what was sent before it.</summary>
    public static Func<Task> OfAnother(IPEndPoint server) => () => OfAsync(server, Encoding.ASCII.GetBytes(Following));

    /// <summary>Reads one answer with its body; true when the stream has ended.</summary>
    private static async Task<bool> AnswerAsync(Stream stream, StringBuilder said, CancellationToken patience)
    {
        try
        {
            while (!said.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                if (!await NextAsync(stream, said, patience)) return true;
            var length = Length().Match(said.ToString()) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
            while (length-- > 0)
                if (!await NextAsync(stream, said, patience)) return true;
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<bool> NextAsync(Stream stream, StringBuilder said, CancellationToken patience)
    {
        var one = new byte[1];
        if (await stream.ReadAsync(one, patience) == 0) return false;
        said.Append((char)one[0]);
        return true;
    }

    /// <summary>What differs from one request to the next.</summary>
    [GeneratedRegex("(Date|Retry-After): [^\r]+")]
    private static partial Regex Changing();

    [GeneratedRegex("Content-Length: ([0-9]+)")]
    private static partial Regex Length();
}
