using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat;

/// <summary>What the page says.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(FromPage.Enter), "enter")]
[JsonDerivedType(typeof(FromPage.Say), "say")]
internal abstract record FromPage
{
    internal sealed record Enter(string Nickname) : FromPage;

    internal sealed record Say(string Text) : FromPage;

    /// <summary>Null when it is not one of these.</summary>
    internal static FromPage? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ChatJson.Default.FromPage);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>What the page is told.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ToPage.Welcome), "welcome")]
[JsonDerivedType(typeof(ToPage.NotYet), "not-yet")]
[JsonDerivedType(typeof(ToPage.Said), "said")]
[JsonDerivedType(typeof(ToPage.Came), "came")]
[JsonDerivedType(typeof(ToPage.Left), "left")]
internal abstract record ToPage
{
    /// <summary>You are in.</summary>
    internal sealed record Welcome(string Nickname, Attendance Now) : ToPage;

    /// <summary>What you sent was not accepted, and why, in words for people.</summary>
    /// <param name="About"><c>nickname</c> or <c>message</c>.</param>
    internal sealed record NotYet(string About, string Why) : ToPage;

    internal sealed record Said(string Nickname, string Text, DateTimeOffset At) : ToPage;

    internal sealed record Came(string Nickname, Attendance Now) : ToPage;

    internal sealed record Left(string Nickname, string Why, Attendance Now) : ToPage;

    internal byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, ChatJson.Default.ToPage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(FromPage))]
[JsonSerializable(typeof(ToPage))]
internal sealed partial class ChatJson : JsonSerializerContext;
