"""What the authoriser answers: the status codes it knows, their wording, and a refusal as a value."""

import unicodedata
from dataclasses import dataclass

REASONS = {
    "100": "Autorizado o uso da NF-e",
    "101": "Cancelamento de NF-e homologado",
    "103": "Lote recebido com sucesso",
    "104": "Lote processado",
    "105": "Lote em processamento",
    "106": "Lote não localizado",
    "107": "Serviço em Operação",
    "108": "Serviço Paralisado Momentaneamente (curto prazo)",
    "109": "Serviço Paralisado sem Previsão",
    "110": "Uso Denegado",
    "113": "SVC em processo de desativação",
    "114": "SVC desabilitada pela SEFAZ de Origem",
    "120": "Autorizado o uso da NF-e, com alerta",
    "150": "Autorizado o uso da NF-e, autorização fora de prazo",
    "204": "Duplicidade de NF-e",
    "205": "NF-e está denegada na base de dados da SEFAZ",
    "206": "NF-e já está inutilizada na Base de dados da SEFAZ",
    "213": "CNPJ-Base do Emitente difere do CNPJ-Base do Certificado Digital",
    "215": "Falha no schema XML",
    "217": "NF-e não consta na base de dados da SEFAZ",
    "218": "NF-e já está cancelada na base de dados da SEFAZ",
    "225": "Falha no Schema XML do lote de NFe",
    "226": "Código da UF do Emitente diverge da UF autorizadora",
    "228": "Data de Emissão muito atrasada",
    "236": "Chave de Acesso com dígito verificador inválido",
    "252": "Ambiente informado diverge do Ambiente de recebimento",
    "253": "Dígito Verificador da chave de acesso composta inválido",
    "281": "Certificado Transmissor Data Validade",
    "282": "Certificado Transmissor sem CNPJ",
    "289": "Código da UF informada diverge da UF solicitada",
    "291": "Certificado Assinatura Data Validade",
    "292": "Certificado Assinatura sem CNPJ",
    "293": "Certificado Assinatura - erro Cadeia de Certificação",
    "297": "Assinatura difere do calculado",
    "298": "Assinatura difere do padrão do Sistema",
    "301": "Uso Denegado: Irregularidade fiscal do emitente",
    "302": "Uso Denegado: Irregularidade fiscal do destinatário",
    "303": "Uso Denegado: Destinatário não habilitado a operar na UF",
    "402": "XML da área de dados com codificação diferente de UTF-8",
    "404": "Uso de prefixo de namespace não permitido",
    "434": "NF-e sem indicativo do intermediador",
    "438": "Obrigatório o preenchimento das informações do intermediador da transação",
    "440": "CNPJ do intermediador da transação inválido",
    "441": "Descrição do pagamento obrigatória para meio de pagamento 99-outros",
    "452": "Lote com uma única NF-e deve ser transmitido no modo síncrono",
    "502": "Erro na Chave de Acesso - Campo Id não corresponde à concatenação dos campos correspondentes",
    "516": "Falha no schema XML, inexiste a tag raiz esperada para a mensagem",
    "531": "Total da BC ICMS difere do somatório dos itens",
    "532": "Total do ICMS difere do somatório dos itens",
    "533": "Total da BC ICMS-ST difere do somatório dos itens",
    "534": "Total do ICMS-ST difere do somatório dos itens",
    "535": "Total do Frete difere do somatório dos itens",
    "536": "Total do Seguro difere do somatório dos itens",
    "537": "Total do Desconto difere do somatório dos itens",
    "538": "Total do IPI difere do somatório dos itens",
    "539": "Duplicidade de NF-e com diferença na Chave de Acesso",
    "562": "Código Numérico informado na Chave de Acesso difere do Código Numérico da NF-e",
    "564": "Total do Produto / Serviço difere do somatório dos itens",
    "588": "Não é permitida a presença de caracteres de edição no início/fim da mensagem ou entre as tags da mensagem",
    "590": "Informado CST para emissor do Simples Nacional (CRT=1)",
    "591": "Informado CSOSN para emissor que não é do Simples Nacional (CRT diferente de 1)",
    "598": "NF-e emitida em ambiente de homologação com Razão Social do destinatário diferente de"
    " NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL",
    "602": "Total do PIS difere do somatório dos itens",
    "603": "Total da COFINS difere do somatório dos itens",
    "604": "Total do vOutro difere do somatório dos itens",
    "610": "Total da NF difere do somatório dos Valores compõe o valor Total da NF",
    "613": "Chave de Acesso difere da existente em BD",
    "629": "Valor do Produto difere do produto Valor Unitário de Comercialização e Quantidade Comercial",
    "656": "Consumo indevido pelo aplicativo da empresa",
    "694": "Não informado o grupo de ICMS para a UF de destino",
    "695": "Informado indevidamente o grupo de ICMS para a UF de destino",
    "697": "Alíquota interestadual do ICMS com origem diferente do previsto",
    "698": "Alíquota interestadual do ICMS incompatível com as UF envolvidas na operação",
    "703": "Data-Hora de Emissão posterior ao horário de recebimento",
    "865": "Total dos pagamentos menor que o total da nota",
    "866": "Ausência de troco quando o valor dos pagamentos informados for maior que o total da nota",
    "897": "Código numérico em formato inválido",
    "999": "Erro não catalogado",
    "1024": "Classificação Tributária do IBS e da CBS incompatível com o CST informado",
    "1026": "Alíquota do IBS da UF inválida",
    "1036": "Alíquota do IBS do Município inválida",
    "1037": "Alíquota da CBS inválida",
    "1041": "Valor do IBS da UF difere do calculado",
    "1052": "Valor do IBS do Município difere do calculado",
    "1069": "Valor da CBS difere do calculado",
    "1085": "Total do IBS difere do somatório dos itens",
    "1091": "Total da CBS difere do somatório dos itens",
    "1115": "Grupo IBS/CBS não informado",
    "1118": "Total do IBS e da CBS informado sem que haja o grupo nos itens",
    "1119": "Total do IBS e da CBS não informado",
    "1150": "Valor do IBS difere da soma do IBS da UF e do IBS do Município",
}

AUTHORISED = frozenset(("100", "120", "150"))
DENIED = frozenset(("110", "301", "302", "303"))
_NOT_A_REJECTION = (
    AUTHORISED | DENIED | frozenset(("101", "103", "104", "105", "106", "107", "108", "109", "113", "114"))
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status code and the sentence that goes with it."""

    code: str
    motive: str


def reason(code: str, *, item: int | str = "", detail: str = "") -> str:
    """The sentence of a code, with the item's number or a detail in brackets; at most 255 characters."""
    text = REASONS.get(code, REASONS["999"])
    head = "" if code in _NOT_A_REJECTION else "Rejeição: "
    tail = (f" [nItem: {item}]" if item != "" else "") + (f" {detail}" if detail else "")
    return f"{head}{text}{tail}"[:255]


def refusal(code: str, *, item: int | str = "", detail: str = "") -> Refusal:
    return Refusal(code, reason(code, item=item, detail=detail))


def without_accents(text: str) -> str:
    """As the authorisers write that never left ASCII."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
