using Google.Protobuf;

namespace ActorSockets.Actors.Tests.Serialization;

/// <summary>The fields of a message in words, read without our code: number and value of each, as any reader of protocol buffers sees them.</summary>
internal static class WireShape
{
    internal static IEnumerable<string> Of(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            yield return WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => $"{field} = {input.ReadInt64()}",
                WireFormat.WireType.Fixed64 => $"{field} = {input.ReadFixed64()} fixed",
                _ => $"{field} = {Convert.ToHexStringLower(input.ReadBytes().ToByteArray())}",
            };
        }
    }
}
