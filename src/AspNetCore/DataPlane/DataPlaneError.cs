using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>Why a call failed: a status, a code for programs and a sentence for people. Never holds a token or a key.</summary>
/// <param name="Status">HTTP status (RFC 9110 section 15).</param>
/// <param name="Code">What SDKs hand to their callers; also goes out as a header, because the answer to HEAD has no body.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
internal sealed record DataPlaneError(int Status, string Code, string Message)
{
    /// <summary>No page shows this as HTML; quotes stay readable.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kind of thing that the message is about, where there is one.</summary>
    internal string? Target { get; init; }

    /// <summary>The shortest wait that can help; null when waiting does not.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>The methods that the address takes, for 405.</summary>
    internal IReadOnlyList<string>? Allow { get; init; }

    internal static DataPlaneError BadRequest(string message) => new(400, "Error.BadRequest", message);

    internal static DataPlaneError Unauthorized(string message) => new(401, "Unauthorized", message);

    internal static DataPlaneError UnknownHub(string hub) => new(404, "Error.Hub.NotExisted", $"There is no hub '{hub}' here.") { Target = "Hub" };

    internal static DataPlaneError UnknownAddress() => new(404, "Error.NotFound", "This address is no operation of the data plane.");

    internal static DataPlaneError UnknownConnection() => new(404, "Error.Connection.NotExisted", "There is no such connection in this hub.") { Target = "Connection" };

    internal static DataPlaneError NoUser() => new(404, "Error.User.NotExisted", "The user has no connection in this hub.") { Target = "User" };

    /// <summary>The answer to a question, not a fault of the caller's.</summary>
    internal static DataPlaneError No(string what) => new(404, $"Warning.{what}.NotExisted", $"There is no such {what.ToLowerInvariant()} in this hub.") { Target = what };

    internal static DataPlaneError NoPermission() => new(404, "Info.Connection.NotExisted", "There is no such connection in this hub, or it does not have the permission.") { Target = "Connection" };

    internal static DataPlaneError MethodNotAllowed(IReadOnlyList<string> allow) =>
        new(405, "Error.MethodNotAllowed", $"This address takes {string.Join(", ", allow)}.") { Allow = allow };

    internal static DataPlaneError TooLate(TimeSpan allowed) =>
        new(408, "Error.RequestTimeout", $"The body did not arrive within {allowed.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.");

    internal static DataPlaneError Conflict(string message) => new(409, "Error.Connection.Conflict", message) { Target = "Connection" };

    internal static DataPlaneError TooLarge(int limit) =>
        new(413, "Error.PayloadTooLarge", string.Create(CultureInfo.InvariantCulture, $"The body is longer than {limit} bytes."));

    internal static DataPlaneError MediaType(string message) => new(415, "Error.UnsupportedMediaType", message);

    internal static DataPlaneError Overloaded(string message) => new(429, "Error.TooManyRequests", message) { RetryAfter = TimeSpan.FromSeconds(2) };

    internal static DataPlaneError NotImplemented(string message) => new(501, "Error.NotImplemented", message);

    internal static DataPlaneError Draining() =>
        new(503, "Error.Draining", "This node is being drained; another node takes you.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Only for what may be asked twice.</summary>
    internal static DataPlaneError NoAnswer() =>
        new(503, "Error.ServiceUnavailable", "This node did not answer in time.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>
    /// Code and message, and the code once more by itself: by that, SDKs in JavaScript give their callers the code and leave this
    /// whole document as the message, which is where applications written for it look for the rest.
    /// </summary>
    internal byte[] Body()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("code", Code);
            json.WriteString("message", Message);
            if (Target is not null) json.WriteString("target", Target);
            json.WriteStartObject("error");
            json.WriteString("code", Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
