using System.Buffers;
using System.Globalization;
using System.Text;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>Answers as bytes, with the fields and in the order in which the web server would write them.</summary>
internal static class HeadWriter
{
    /// <summary>The answer after which frames follow (RFC 6455 section 4.2.2).</summary>
    internal static void WriteSwitch(IBufferWriter<byte> output, UpgradeHead head, HttpDate date)
    {
        output.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nDate: "u8);
        output.Write(date.Now);
        output.Write("\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "u8);
        Text(output, head.AcceptKey);
        if (head.Extensions is not null) Field(output, "\r\nSec-WebSocket-Extensions: "u8, head.Extensions);
        if (head.Subprotocol is not null) Field(output, "\r\nSec-WebSocket-Protocol: "u8, head.Subprotocol);
        output.Write("\r\n\r\n"u8);
    }

    /// <summary>A refusal, after which the connection is good for another request.</summary>
    internal static void WriteRefusal(IBufferWriter<byte> output, RefusalAnswer answer, HttpDate date)
    {
        Status(output, answer.Status);
        Field(output, "\r\nContent-Length: "u8, answer.Body.Length.ToString(CultureInfo.InvariantCulture));
        Field(output, "\r\nContent-Type: "u8, RefusalAnswer.ContentType);
        output.Write("\r\nDate: "u8);
        output.Write(date.Now);
        foreach (var (name, value) in answer.Headers)
        {
            output.Write("\r\n"u8);
            Text(output, name);
            Field(output, ": "u8, value);
        }

        output.Write("\r\n\r\n"u8);
        output.Write(answer.Body);
    }

    /// <summary>What the web server answers when whoever should have answered failed.</summary>
    internal static void WriteFailure(IBufferWriter<byte> output, HttpDate date)
    {
        Status(output, 500);
        output.Write("\r\nContent-Length: 0\r\nDate: "u8);
        output.Write(date.Now);
        output.Write("\r\n\r\n"u8);
    }

    private static void Status(IBufferWriter<byte> output, int status)
    {
        output.Write("HTTP/1.1 "u8);
        Text(output, status.ToString(CultureInfo.InvariantCulture));
        Field(output, " "u8, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status));
    }

    private static void Field(IBufferWriter<byte> output, ReadOnlySpan<byte> name, string value)
    {
        output.Write(name);
        Text(output, value);
    }

    private static void Text(IBufferWriter<byte> output, string text)
    {
        var room = output.GetSpan(text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, room));
    }
}
